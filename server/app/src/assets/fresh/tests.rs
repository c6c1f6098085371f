use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Keep, Reach};

const MOST: Duration = Duration::from_secs(300);

fn now() -> SystemTime {
    httpdate::parse_http_date("Sun, 22 Nov 2026 08:00:00 GMT").unwrap()
}

fn judge(status: u16, lines: &[(&'static str, &'static str)]) -> Keep {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Keep::judge(StatusCode::from_u16(status).unwrap(), &headers, MOST, now())
}

#[test]
fn the_website_says_how_long_and_the_operator_at_most() {
    for (lines, seconds) in [
        (&[][..], 300),
        (&[("cache-control", "max-age=60")], 60),
        (&[("cache-control", "public, max-age=99999")], 300),
        (&[("cache-control", "MAX-AGE=10")], 10),
        (&[("cache-control", "max-age=\"10\"")], 10),
        (&[("cache-control", "max-age=nonsense")], 0),
        (&[("cache-control", "max-age=-1")], 0),
        (&[("cache-control", "max-age=60, max-age=5")], 5),
        (&[("cache-control", "max-age=60"), ("cache-control", "max-age=5")], 5),
        (&[("cache-control", "max-age=5, s-maxage=60")], 60),
        (&[("cache-control", "s-maxage=5, max-age=60")], 5),
        (&[("cache-control", "max-age=60, no-cache")], 0),
        (&[("cache-control", "no-cache=\"set-cookie\"")], 0),
        (&[("pragma", "no-cache")], 0),
        (&[("pragma", "no-cache"), ("cache-control", "max-age=60")], 60),
        (&[("cache-control", "max-age=60"), ("age", "20")], 40),
        (&[("cache-control", "max-age=60"), ("age", "61")], 0),
        (&[("cache-control", "max-age=60"), ("age", "99999999999999999999999")], 0),
        (&[("cache-control", "max-age=60"), ("date", "Sun, 22 Nov 2026 07:59:50 GMT")], 50),
        (&[("cache-control", "max-age=60"), ("date", "Sun, 22 Nov 2026 07:59:50 GMT"), ("age", "30")], 30),
        (&[("cache-control", "max-age=60"), ("date", "Sun, 22 Nov 2026 09:00:00 GMT")], 60),
        (&[("expires", "Sun, 22 Nov 2026 08:01:00 GMT")], 60),
        (&[("expires", "Sunday, 22-Nov-26 08:01:00 GMT")], 60),
        (&[("expires", "Sun, 22 Nov 2026 08:01:00 GMT"), ("date", "Sun, 22 Nov 2026 07:59:00 GMT")], 60),
        (&[("expires", "Sun, 22 Nov 2026 07:00:00 GMT")], 0),
        (&[("expires", "0")], 0),
        (&[("expires", "Sun, 22 Nov 2026 08:01:00 GMT"), ("cache-control", "max-age=5")], 5),
    ] {
        assert_eq!(judge(200, lines).fresh, Duration::from_secs(seconds), "{lines:?}");
    }
}

#[test]
fn what_is_somebodys_is_not_for_everybody() {
    for (lines, reach) in [
        (&[][..], Reach::Everybody),
        (&[("cache-control", "public")], Reach::Everybody),
        (&[("cache-control", "no-cache")], Reach::Everybody),
        (&[("cache-control", "max-age=60, Private")], Reach::Session),
        (&[("cache-control", "private=\"x-name\"")], Reach::Session),
        (&[("set-cookie", "a=b")], Reach::Session),
        (&[("cache-control", "No-Store")], Reach::Nobody),
        (&[("cache-control", "private"), ("cache-control", "no-store, max-age=5")], Reach::Nobody),
        (&[("vary", "Accept-Encoding")], Reach::Everybody),
        (&[("vary", "accept-encoding, Cookie")], Reach::Session),
        (&[("vary", "accept-encoding"), ("vary", "origin")], Reach::Session),
        (&[("vary", "*")], Reach::Nobody),
    ] {
        assert_eq!(judge(200, lines).reach, reach, "{lines:?}");
    }
    let mut headers = HeaderMap::new();
    headers.insert("cache-control", HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(Keep::judge(StatusCode::OK, &headers, MOST, now()).reach, Reach::Nobody);
}

#[test]
fn a_redirect_is_kept_as_long_as_it_says_itself() {
    for (status, lines, seconds) in [
        (301, &[][..], 300),
        (308, &[], 300),
        (302, &[], 0),
        (307, &[("cache-control", "max-age=60")], 60),
        (301, &[("cache-control", "max-age=60")], 60),
    ] {
        assert_eq!(judge(status, lines).fresh, Duration::from_secs(seconds), "{status} {lines:?}");
    }
    let both = judge(200, &[("cache-control", "private")]).and(judge(302, &[("cache-control", "max-age=9")]));
    assert_eq!(both, Keep { reach: Reach::Session, fresh: Duration::from_secs(9) });
}
