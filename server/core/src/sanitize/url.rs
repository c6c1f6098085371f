//! Every URL of a page becomes nothing, a `#fragment`, a sealed asset path, or a checked `data:` text.
//!
//! [`UrlSealer`] is the one door for all of them: attributes, `srcset` and CSS. The URL is parsed once by the WHATWG
//! parser; what is judged is what is sealed, and what is sealed is what the proxy will connect to.

mod allow;
mod data;
mod srcset;
mod urlish;

pub use urlish::{is_urlish, mentions_url};

use url::{ParseError, Position, Url};

use crate::asset::{AssetKind, EarlyFetches, Sealer};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;

/// What the browser would do with a URL that stands in this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UrlUse {
    /// Fetches it as a picture: `img`, `poster`, `background-image`, SVG `image`.
    Image,
    /// Fetches it as a font: `src` of `@font-face`.
    Font,
    /// Fetches it as a style sheet: `link rel=stylesheet`, `@import`.
    Style,
    /// Fetches it as sound or video: `audio`, `video`, `source` inside them, `track`.
    Media,
    /// Goes there when it is clicked: `a`, `area`. An agent's browser never does, so it becomes a fragment.
    Link,
    /// Looks up a part of a drawing: SVG `use`, `filter: url(#a)`; most are fragments of the page itself.
    SvgReference,
}

/// What became of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlFate {
    /// There was none.
    Empty,
    /// It is gone, and this word of the report says why.
    Dropped(&'static str),
    /// `#…`, of the page itself.
    Fragment(String),
    /// `{base-path}/asset/{token}`, perhaps with a `#fragment`.
    Asset(String),
    /// `data:` of a listed raster picture or font, checked and written anew.
    Data(String),
}

impl UrlFate {
    /// The text that stands in the URL's place; empty when it is gone.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Self::Empty | Self::Dropped(_) => String::new(),
            Self::Fragment(text) | Self::Asset(text) | Self::Data(text) => text,
        }
    }
}

/// A longer fragment names nothing on a page.
const FRAGMENT_BYTES_MAX: usize = 512;

/// Judges and seals the URLs of one piece of a page, and counts in the report what became of them.
#[derive(Debug)]
pub struct UrlSealer<'a> {
    policy: &'a Policy,
    sealer: &'a Sealer,
    limits: &'a Limits,
    report: &'a mut Report,
    base: Option<&'a Url>,
    early: Option<&'a EarlyFetches>,
    refuses: bool,
    /// Sealed paths that may still be made.
    room: usize,
    /// Sealed paths of an earlier pass stay as they are: only tests that sanitize twice ask for it.
    #[cfg(test)]
    keeps_sealed: bool,
}

impl<'a> UrlSealer<'a> {
    /// A sealer of absolute URLs; see [`UrlSealer::with_base`] for relative ones.
    pub fn new(policy: &'a Policy, sealer: &'a Sealer, limits: &'a Limits, report: &'a mut Report) -> Self {
        Self {
            policy,
            sealer,
            limits,
            report,
            base: None,
            early: None,
            refuses: false,
            room: usize::MAX,
            #[cfg(test)]
            keeps_sealed: false,
        }
    }

    /// Resolves relative URLs against the address of the page or the style sheet. Without it they are dropped.
    #[must_use]
    pub fn with_base(mut self, base: Option<&'a Url>) -> Self {
        self.base = base;
        self
    }

    /// Where URLs are noted that must be fetched before anybody asks. Without it they are dropped.
    #[must_use]
    pub fn noting_early(mut self, early: Option<&'a EarlyFetches>) -> Self {
        self.early = early;
        self
    }

    /// Drops every URL: what stands under a mask shows no picture.
    #[must_use]
    pub fn refusing(mut self, refuses: bool) -> Self {
        self.refuses = refuses;
        self
    }

    /// Seals so many URLs and drops the rest: a sealed one can be twenty times as long as it was.
    #[must_use]
    pub fn at_most(mut self, room: usize) -> Self {
        self.room = room;
        self
    }

    /// Lets the output of an earlier pass through, so that a test can ask whether sanitizing twice changes anything.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn keeping_sealed(mut self) -> Self {
        self.keeps_sealed = true;
        self
    }

    /// Where everything is counted.
    pub fn report(&mut self) -> &mut Report {
        self.report
    }

    /// The bounds that hold here.
    #[must_use]
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// What becomes of `raw`, an attribute's value or a CSS URL with escapes and entities already decoded.
    pub fn judge(&mut self, raw: &str, used_as: UrlUse) -> UrlFate {
        self.judge_as(raw, used_as, false)
    }

    /// As [`UrlSealer::judge`], of a URL whose fetch would tell what stands on the page if it were left to a browser.
    pub fn judge_early(&mut self, raw: &str, used_as: UrlUse) -> UrlFate {
        self.judge_as(raw, used_as, true)
    }

    fn judge_as(&mut self, raw: &str, used_as: UrlUse, is_early: bool) -> UrlFate {
        let mut fate = self.decide(raw.trim_matches(is_stripped), used_as, is_early);
        if matches!(fate, UrlFate::Asset(_)) {
            match self.room.checked_sub(1) {
                Some(room) => self.room = room,
                None => fate = UrlFate::Dropped("limit:sheet_urls"),
            }
        }
        match &fate {
            UrlFate::Dropped(why) => self.report.removed(why),
            UrlFate::Asset(_) => self.report.rewritten("url"),
            UrlFate::Empty | UrlFate::Fragment(_) | UrlFate::Data(_) => {}
        }
        fate
    }

    /// A picture's address; empty when gone.
    pub fn image(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::Image).into_text()
    }

    /// A font's address; empty when gone.
    pub fn font(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::Font).into_text()
    }

    /// A style sheet's address; empty when gone.
    pub fn style(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::Style).into_text()
    }

    /// The address of sound or video; empty when gone.
    pub fn media(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::Media).into_text()
    }

    /// A link's target: the page's own `#fragment`, or `#` for everything else. Empty stays empty.
    pub fn link(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::Link).into_text()
    }

    /// A reference to a part of a drawing; empty when gone.
    pub fn svg_reference(&mut self, raw: &str) -> String {
        self.judge(raw, UrlUse::SvgReference).into_text()
    }

    /// A `srcset`: each candidate sealed, descriptors kept; candidates that are gone or malformed are left out.
    pub fn srcset(&mut self, raw: &str) -> String {
        srcset::rewrite(raw, self)
    }

    fn decide(&self, raw: &str, used_as: UrlUse, is_early: bool) -> UrlFate {
        if self.refuses {
            return UrlFate::Dropped("url:masked");
        }
        if raw.is_empty() {
            return UrlFate::Empty;
        }
        if raw.starts_with('#') {
            return own_fragment(raw, used_as);
        }
        if used_as == UrlUse::Link {
            return UrlFate::Fragment("#".to_owned());
        }
        #[cfg(test)]
        if self.keeps_sealed && raw.starts_with(&format!("{}/asset/", self.policy.base_path)) {
            return UrlFate::Asset(raw.to_owned());
        }
        if let Some(rest) = data::after_scheme(raw) {
            return self.decide_data(rest, used_as);
        }
        if raw.len() > self.limits.url_bytes {
            return UrlFate::Dropped("url:too-long");
        }
        match Url::options().base_url(self.base).parse(raw) {
            Ok(url) => self.decide_parsed(&url, used_as, is_early),
            Err(ParseError::RelativeUrlWithoutBase) => UrlFate::Dropped("url:relative"),
            Err(_) => UrlFate::Dropped("url:malformed"),
        }
    }

    fn decide_parsed(&self, url: &Url, used_as: UrlUse, is_early: bool) -> UrlFate {
        let Some(kind) = place(used_as).and_then(|place| place.fetched_as) else {
            return UrlFate::Fragment("#".to_owned());
        };
        match url.scheme() {
            scheme if allow::SCHEMES.contains(&scheme) => {}
            "javascript" | "vbscript" => return UrlFate::Dropped("url:script"),
            "data" => return UrlFate::Dropped("url:data-type"),
            "blob" if self.policy.customer_uploads && kind != AssetKind::Media => {}
            "blob" => return UrlFate::Dropped("url:blob"),
            _ => return UrlFate::Dropped("url:scheme"),
        }
        if kind == AssetKind::Media && !self.policy.allow_media {
            return UrlFate::Dropped("url:media");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return UrlFate::Dropped("url:credentials");
        }
        if !self.policy.allows(url) {
            return UrlFate::Dropped("url:not-allowed");
        }
        let address = &url[..Position::AfterQuery];
        // Percent-encoding can make a URL three times as long as its text.
        if address.len() > self.limits.url_bytes {
            return UrlFate::Dropped("url:too-long");
        }
        if is_early {
            match self.early {
                None => return UrlFate::Dropped("url:reads-data"),
                Some(early) if !early.note(address, kind) => return UrlFate::Dropped("limit:early_urls"),
                Some(_) => {}
            }
        }
        let mut path = self.sealer.seal(address, kind);
        if let Some(fragment) = url.fragment().filter(|text| !path.is_empty() && is_sealed_fragment(text)) {
            path.push('#');
            path.push_str(fragment);
        }
        UrlFate::Asset(path)
    }

    fn decide_data(&self, rest: &str, used_as: UrlUse) -> UrlFate {
        let Some(family) = place(used_as).and_then(|place| place.data) else {
            return UrlFate::Dropped("url:data-type");
        };
        if !self.policy.allow_data_images {
            return UrlFate::Dropped("url:data-not-allowed");
        }
        match data::rewrite(rest, family, self.limits.canvas_bytes) {
            Ok(text) => UrlFate::Data(text),
            Err(why) => UrlFate::Dropped(why),
        }
    }
}

/// The row of the allow-list.
fn place(used_as: UrlUse) -> Option<&'static allow::Place> {
    allow::PLACES.iter().find(|place| place.used_as == used_as)
}

/// What the WHATWG parser strips from both ends: C0 controls and the space.
fn is_stripped(c: char) -> bool {
    c <= ' '
}

fn own_fragment(raw: &str, used_as: UrlUse) -> UrlFate {
    let harmless = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    if raw.len() <= FRAGMENT_BYTES_MAX && raw.chars().all(harmless) {
        return UrlFate::Fragment(raw.to_owned());
    }
    match used_as {
        UrlUse::Link => UrlFate::Fragment("#".to_owned()),
        _ => UrlFate::Dropped("url:malformed"),
    }
}

/// Characters that mean nothing in HTML, CSS and `srcset`; sprites and media fragments need no others.
fn is_sealed_fragment(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:=&+~".contains(&b);
    (1..=FRAGMENT_BYTES_MAX).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests;
