//! The answer that carries an asset: its headers, what a browser may keep of it, and parts of it.

use std::ops::Range;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::asset::Asset;
use super::fresh::Reach;

/// Safe even where a browser is pointed at it directly: it runs nothing, loads nothing and is no page of ours. Firefox
/// holds a drawing to it also as a picture, so that its own styles must be let in.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The asset, the part that is asked for, or that the browser has it already.
pub(super) fn answer(asset: &Asset, asked: &HeaderMap) -> Response {
    if has_it(asset, asked) {
        return respond(asset, StatusCode::NOT_MODIFIED, Bytes::new());
    }
    match part(asset, asked) {
        None => respond(asset, StatusCode::OK, asset.body.clone()),
        Some(None) => {
            let mut response = respond(asset, StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new());
            response.headers_mut().remove(header::CONTENT_TYPE);
            name_part(&mut response, "*", asset.body.len());
            response
        }
        Some(Some(part)) => {
            let name = format!("{}-{}", part.start, part.end - 1);
            let mut response = respond(asset, StatusCode::PARTIAL_CONTENT, asset.body.slice(part));
            name_part(&mut response, &name, asset.body.len());
            response
        }
    }
}

fn respond(asset: &Asset, status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"asset\""));
    headers.insert(header::CACHE_CONTROL, browsers_may(asset));
    headers.insert(header::ETAG, asset.tag.clone());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

/// Room for these headers and for those that every answer has.
const HEADERS: usize = 16;

/// How long a browser may show it without asking here. Whatever it keeps, it keeps for one person.
fn browsers_may(asset: &Asset) -> HeaderValue {
    if asset.reach == Reach::Nobody {
        return HeaderValue::from_static("no-store");
    }
    // Rounded up, for what is fresh for five minutes to say so.
    let left_ms = asset.fresh_until.saturating_duration_since(Instant::now()).as_millis();
    match left_ms.div_ceil(1000) {
        0 => HeaderValue::from_static("private, no-cache"),
        seconds => HeaderValue::from_maybe_shared(Bytes::from(format!("private, max-age={seconds}")))
            .unwrap_or(HeaderValue::from_static("private, no-cache")),
    }
}

/// Whether the browser named the tag of this very body.
fn has_it(asset: &Asset, asked: &HeaderMap) -> bool {
    let lines = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || asset.tag == tag.strip_prefix("W/").unwrap_or(tag))
}

/// The one part that is asked for: `None` for all of it, `Some(None)` for a part that it has not.
fn part(asset: &Asset, asked: &HeaderMap) -> Option<Option<Range<usize>>> {
    let text = asked.get(header::RANGE)?.to_str().ok()?;
    // A part of another body than the browser has a part of is of no use to it.
    if asked.get(header::IF_RANGE).is_some_and(|tag| *tag != asset.tag) {
        return None;
    }
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    let length = asset.body.len();
    let number = |text: &str| is_number(text).then(|| text.parse().unwrap_or(usize::MAX));
    let range = match (first, last) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            // Backwards is no range at all.
            if last < first {
                return None;
            }
            first..length.min(last.saturating_add(1))
        }
    };
    Some((range.start < range.end).then_some(range))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn name_part(response: &mut Response, name: &str, length: usize) {
    if let Ok(value) = HeaderValue::from_str(&format!("bytes {name}/{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

    use super::{answer, part};
    use crate::assets::asset::Asset;
    use crate::assets::fresh::{Keep, Reach};

    fn asset(reach: Reach, fresh: Duration) -> Asset {
        let from = "https://shop.example/a.png".parse().unwrap();
        Asset::new("image/png", Bytes::from_static(b"0123456789"), from, Keep { reach, fresh })
    }

    fn asking(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn browsers_keep_what_the_website_lets_them() {
        for (reach, fresh_ms, says) in [
            (Reach::Everybody, 300_000, "private, max-age=300"),
            (Reach::Session, 300_000, "private, max-age=300"),
            (Reach::Everybody, 0, "private, no-cache"),
            (Reach::Nobody, 0, "no-store"),
            (Reach::Nobody, 300_000, "no-store"),
        ] {
            let response = answer(&asset(reach, Duration::from_millis(fresh_ms)), &HeaderMap::new());
            assert_eq!(response.headers()["cache-control"], says, "{reach:?} {fresh_ms}");
        }
    }

    #[test]
    fn a_browser_that_has_it_is_told_so() {
        let asset = asset(Reach::Everybody, Duration::from_secs(9));
        let tag = asset.tag.to_str().unwrap().to_owned();
        for (asked, status) in [
            (tag.clone(), 304),
            (format!("\"other\", W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
            (String::new(), 200),
        ] {
            let response = answer(&asset, &asking(&[("if-none-match", &asked)]));
            assert_eq!(response.status().as_u16(), status, "{asked}");
            assert_eq!(response.headers()["etag"], tag);
        }
    }

    #[test]
    fn one_part_is_given_and_nonsense_gives_all() {
        let asset = asset(Reach::Everybody, Duration::from_secs(9));
        let tag = asset.tag.to_str().unwrap();
        for (asked, given) in [
            ("bytes=0-0", Some(Some(0..1))),
            ("bytes=2-4", Some(Some(2..5))),
            ("bytes=8-99", Some(Some(8..10))),
            ("bytes=8-99999999999999999999999", Some(Some(8..10))),
            ("bytes=3-", Some(Some(3..10))),
            ("bytes=-3", Some(Some(7..10))),
            ("bytes=-99", Some(Some(0..10))),
            ("bytes=10-", Some(None)),
            ("bytes=10-12", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=4-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=+1-2", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(part(&asset, &asking(&[("range", asked)])), given, "{asked}");
        }
        let response = answer(&asset, &asking(&[("range", "bytes=2-4"), ("if-range", tag)]));
        assert_eq!(
            (response.status(), &response.headers()["content-range"]),
            (StatusCode::PARTIAL_CONTENT, &"bytes 2-4/10".parse::<HeaderValue>().unwrap())
        );
        let response = answer(&asset, &asking(&[("range", "bytes=10-")]));
        assert_eq!(
            (response.status(), &response.headers()["content-range"]),
            (StatusCode::RANGE_NOT_SATISFIABLE, &"bytes */10".parse::<HeaderValue>().unwrap())
        );
        for other in ["\"other\"", "Sun, 22 Nov 2026 08:00:00 GMT", &format!("W/{tag}")] {
            assert_eq!(
                answer(&asset, &asking(&[("range", "bytes=2-4"), ("if-range", other)])).status(),
                StatusCode::OK
            );
        }
    }
}
