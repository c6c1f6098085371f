//! How long a website's answer may be kept, and for whom: RFC 9111, as a cache that many share.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, StatusCode, header};

/// Who may be given what is kept; the narrower first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Nobody but those who wait for it now.
    Nobody,
    /// The session that it was fetched for.
    Session,
    /// Every session: it was fetched without anybody's credentials, and says nothing against it.
    Everybody,
}

/// What an answer allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keep {
    /// Who may be given it.
    pub(super) reach: Reach,
    /// So long without asking the website again, from when it was received.
    pub(super) fresh: Duration,
}

/// What stays known of an answer: what it is asked again by, and what a short "not modified" leaves unsaid.
pub(super) const REMEMBERED: [HeaderName; 6] =
    [header::CACHE_CONTROL, header::EXPIRES, header::PRAGMA, header::VARY, header::ETAG, header::LAST_MODIFIED];

impl Keep {
    /// As an answer with these headers allows, received `now`; at most for `most`, and so long where it says nothing
    /// of its age.
    pub(super) fn judge(status: StatusCode, headers: &HeaderMap, most: Duration, now: SystemTime) -> Self {
        let says = Directives::of(headers);
        let lifetime = match says.max_age.or_else(|| expires(headers, now)) {
            _ if says.no_cache => Duration::ZERO,
            Some(told) => told.saturating_sub(age(headers, now)),
            // A redirect that may change with each request is asked again.
            None if matches!(status.as_u16(), 302 | 303 | 307) => Duration::ZERO,
            None => most,
        };
        Self { reach: reach(headers, &says), fresh: lifetime.min(most) }
    }

    /// What both allow: a redirect and what it led to.
    pub(super) fn and(self, other: Self) -> Self {
        Self { reach: self.reach.min(other.reach), fresh: self.fresh.min(other.fresh) }
    }
}

fn reach(headers: &HeaderMap, says: &Directives) -> Reach {
    let fields = headers.get_all(header::VARY).iter().map(|line| line.to_str().unwrap_or("*"));
    let varies_by = |name: &str| match name.trim() {
        "" => Reach::Everybody,
        "*" => Reach::Nobody,
        // The client asks for the same encodings each time and undoes them itself.
        name if name.eq_ignore_ascii_case("accept-encoding") => Reach::Everybody,
        _ => Reach::Session,
    };
    let varies = fields.flat_map(|line| line.split(',')).map(varies_by).min().unwrap_or(Reach::Everybody);
    let is_personal = says.private || headers.contains_key(header::SET_COOKIE);
    match (says.no_store, is_personal) {
        (true, _) => Reach::Nobody,
        (false, true) => varies.min(Reach::Session),
        (false, false) => varies,
    }
}

/// What `Cache-Control` says. Nonsense and contradictions count as the shortest time.
#[derive(Debug, Default)]
struct Directives {
    no_store: bool,
    no_cache: bool,
    private: bool,
    max_age: Option<Duration>,
}

impl Directives {
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let (mut max_age, mut shared_max_age) = (None, None);
        for line in headers.get_all(header::CACHE_CONTROL) {
            // A line that is not text may say anything.
            let Ok(line) = line.to_str() else {
                found.no_store = true;
                continue;
            };
            for word in line.split(',') {
                let (name, value) = word.split_once('=').unwrap_or((word, ""));
                match name.trim().to_ascii_lowercase().as_str() {
                    "no-store" => found.no_store = true,
                    "no-cache" => found.no_cache = true,
                    "private" => found.private = true,
                    "max-age" => shorten(&mut max_age, value),
                    "s-maxage" => shorten(&mut shared_max_age, value),
                    _ => {}
                }
            }
        }
        let old_no_cache = || headers.get_all(header::PRAGMA).iter().any(|value| value == "no-cache");
        found.no_cache |= !headers.contains_key(header::CACHE_CONTROL) && old_no_cache();
        found.max_age = shared_max_age.or(max_age);
        found
    }
}

fn shorten(kept: &mut Option<Duration>, seconds: &str) {
    let told = Duration::from_secs(whole_seconds(seconds.trim().trim_matches('"')).unwrap_or(0));
    *kept = Some(kept.map_or(told, |kept| kept.min(told)));
}

/// How long after it was sent it stays fresh. A date that cannot be read is past.
fn expires(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    headers.get(header::EXPIRES)?;
    let sent = date(headers, &header::DATE).unwrap_or(now);
    Some(date(headers, &header::EXPIRES).and_then(|ends| ends.duration_since(sent).ok()).unwrap_or_default())
}

/// How old it was when it was received: as the caches on its way told, or as its date does.
fn age(headers: &HeaderMap, now: SystemTime) -> Duration {
    let told = headers.get(header::AGE).and_then(|value| value.to_str().ok());
    let told = told.and_then(|text| whole_seconds(text.trim())).unwrap_or(0);
    let apparent = date(headers, &header::DATE).and_then(|sent| now.duration_since(sent).ok()).unwrap_or_default();
    // Dates have whole seconds.
    Duration::from_secs(told.max(apparent.as_secs()))
}

/// Digits and nothing else; too many of them are a very long time.
fn whole_seconds(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests;
