//! Something fit to be served, and what its website said of it.

use std::time::{Duration, Instant};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::fresh::{Keep, REMEMBERED, Reach};
use crate::net::frame::heavy;
use crate::ops::clock::Time;

/// Something fit to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    /// One of our own list.
    pub(super) content_type: &'static str,
    /// As it is served.
    pub(super) body: Bytes,
    /// Names this body to browsers, quotes included.
    pub(super) tag: HeaderValue,
    /// Where it came from in the end: what relative addresses in it mean.
    pub(super) from: Url,
    /// Who may be given it.
    pub(super) reach: Reach,
    /// Until when its website need not be asked again.
    pub(super) fresh_until: Instant,
    /// What its website said of its age and its version.
    said: HeaderMap,
}

impl Asset {
    /// An asset that was just received.
    pub(super) fn new(content_type: &'static str, body: Bytes, from: Url, keep: Keep) -> Self {
        let tag = tag(content_type, &body);
        let fresh_until = Instant::now() + keep.fresh;
        Self { content_type, body, tag, from, reach: keep.reach, fresh_until, said: HeaderMap::new() }
    }

    /// Remembers what of its website's headers is wanted to ask it again.
    pub(super) fn said_by(mut self, headers: &HeaderMap) -> Self {
        self.said = remembered(headers);
        self
    }

    /// The same with another body, which is of the same type and came of the first.
    pub(super) fn with_body(&self, body: Bytes) -> Self {
        Self { tag: tag(self.content_type, &body), body, ..self.clone() }
    }

    /// Whether it may be served without asking its website.
    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.fresh_until
    }

    /// Whether its website can be asked if it is still so.
    pub(super) fn can_be_asked_again(&self) -> bool {
        self.said.contains_key(header::ETAG) || self.said.contains_key(header::LAST_MODIFIED)
    }

    /// The headers that ask so.
    pub(super) fn conditions(&self) -> HeaderMap {
        let mut asked = HeaderMap::new();
        for (said, asks) in [(header::ETAG, header::IF_NONE_MATCH), (header::LAST_MODIFIED, header::IF_MODIFIED_SINCE)]
        {
            if let Some(value) = self.said.get(said) {
                asked.insert(asks, value.clone());
            }
        }
        asked
    }

    /// The asset after its website answered that it has not changed; what that answer leaves unsaid holds as before.
    /// `None` if the answer speaks of another version.
    pub(super) fn again(&self, headers: &HeaderMap, most: Duration) -> Option<Self> {
        let names_another =
            |value: &HeaderValue| self.said.get(header::ETAG).is_none_or(|known| !is_same(known, value));
        if headers.get(header::ETAG).is_some_and(names_another) {
            return None;
        }
        let mut said = self.said.clone();
        for (name, value) in &remembered(headers) {
            said.insert(name, value.clone());
        }
        let mut all = said.clone();
        for name in [header::AGE, header::DATE, header::SET_COOKIE] {
            if let Some(value) = headers.get(&name) {
                all.insert(name, value.clone());
            }
        }
        let keep = Keep::judge(StatusCode::OK, &all, most, Time::now().system());
        Some(Self { said, reach: keep.reach, fresh_until: Instant::now() + keep.fresh, ..self.clone() })
    }

    /// The same, kept at most as this allows too.
    pub(super) fn narrowed(mut self, keep: Keep) -> Self {
        self.reach = self.reach.min(keep.reach);
        self.fresh_until = self.fresh_until.min(Instant::now() + keep.fresh);
        self
    }

    /// The same, kept by nobody.
    pub(super) fn unkept(self) -> Self {
        self.narrowed(Keep { reach: Reach::Nobody, fresh: Duration::ZERO })
    }

    /// What it costs to keep.
    pub(super) fn bytes(&self) -> usize {
        let said = self.said.values().map(HeaderValue::len).sum::<usize>();
        self.body.len() + self.from.as_str().len() + said
    }
}

fn remembered(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in REMEMBERED {
        for value in headers.get_all(&name) {
            kept.append(&name, value.clone());
        }
    }
    kept
}

/// Whether two tags of a website name the same version, weakly compared.
fn is_same(one: &HeaderValue, other: &HeaderValue) -> bool {
    let opaque = |tag: &'_ HeaderValue| tag.as_bytes().strip_prefix(b"W/").unwrap_or(tag.as_bytes()).to_vec();
    opaque(one) == opaque(other)
}

/// Characters of the digest that names a body: 128 bits.
const TAG_BYTES: usize = 16;

fn tag(content_type: &str, body: &Bytes) -> HeaderValue {
    let digest = heavy(body.len(), || {
        let mut context = Context::new(&SHA256);
        context.update(content_type.as_bytes());
        context.update(&[0]);
        context.update(body);
        context.finish()
    });
    let text = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..TAG_BYTES).unwrap_or_default());
    // Base64 is always a header's value.
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Asset, Keep, Reach};

    const MOST: Duration = Duration::from_secs(300);

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(pair).collect()
    }

    fn asset(lines: &[(&'static str, &'static str)]) -> Asset {
        let keep = Keep { reach: Reach::Everybody, fresh: Duration::ZERO };
        let from = "https://shop.example/a.png".parse().unwrap();
        Asset::new("image/png", Bytes::from_static(b"body"), from, keep).said_by(&headers(lines))
    }

    #[test]
    fn it_is_asked_again_by_what_its_website_said() {
        let (tag, date) = (("etag", "W/\"1\""), ("last-modified", "Sun, 22 Nov 2026 08:00:00 GMT"));
        for (said, asked) in [
            (&[][..], &[][..]),
            (&[tag][..], &[("if-none-match", "W/\"1\"")][..]),
            (&[date][..], &[("if-modified-since", date.1)][..]),
            (&[tag, date, ("x-other", "1")][..], &[("if-none-match", tag.1), ("if-modified-since", date.1)][..]),
        ] {
            let asset = asset(said);
            assert_eq!(asset.conditions(), headers(asked), "{said:?}");
            assert_eq!(asset.can_be_asked_again(), !asked.is_empty(), "{said:?}");
        }
    }

    #[test]
    fn what_the_short_answer_leaves_unsaid_holds_as_before() {
        let known = asset(&[("etag", "\"1\""), ("cache-control", "private, max-age=60")]);
        let again = known.again(&headers(&[]), MOST).unwrap();
        assert_eq!((again.reach, again.is_fresh()), (Reach::Session, true));
        assert_eq!((&again.body, &again.tag), (&known.body, &known.tag));
        let again = known.again(&headers(&[("cache-control", "no-cache"), ("etag", "W/\"1\"")]), MOST).unwrap();
        assert_eq!((again.reach, again.is_fresh()), (Reach::Everybody, false));
        assert_eq!(known.again(&headers(&[("etag", "\"2\"")]), MOST), None, "of another version");
        assert!(!known.again(&headers(&[("age", "60")]), MOST).unwrap().is_fresh());
    }

    #[test]
    fn a_body_has_one_name_and_another_body_another() {
        let one = asset(&[]);
        assert_eq!(one.tag, asset(&[("etag", "\"x\"")]).tag);
        assert_ne!(one.tag, one.with_body(Bytes::from_static(b"other")).tag);
        assert!(one.tag.to_str().unwrap().starts_with('"') && one.tag.len() == 24, "{:?}", one.tag);
    }
}
