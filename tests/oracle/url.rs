//! The four forms in which a URL may stand.

use super::Judge;
use super::names::DATA_TYPES;

impl Judge {
    /// Requires one of: empty, `#fragment`, a sealed path, `data:` of a listed type.
    pub(super) fn url(&mut self, value: &str, place: &str) {
        let fine = value.trim_ascii().is_empty() || self.is_fragment(value) || self.is_sealed(value) || is_data(value);
        self.require(fine, "url", || format!("{place}: {value:?}"));
    }

    /// As [`Judge::url`], for `srcset`.
    pub(super) fn srcset(&mut self, value: &str, place: &str) {
        let mut rest = value;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
            if rest.is_empty() {
                return;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (url, after) = rest.split_at(end);
            self.url(url.trim_end_matches(','), place);
            rest = if url.ends_with(',') { after } else { after_descriptors(after) };
        }
    }

    fn is_fragment(&self, value: &str) -> bool {
        value.starts_with('#') && !value.contains(|c: char| c.is_control())
    }

    pub(super) fn is_sealed(&self, value: &str) -> bool {
        let Some(path) = value.strip_prefix(&*self.base_path).and_then(|rest| rest.strip_prefix("/asset/")) else {
            return false;
        };
        let (token, fragment) = path.split_once('#').unwrap_or((path, ""));
        token.len() >= 8
            && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            && !token.starts_with('.')
            && !fragment.contains(|c: char| c.is_control())
    }
}

fn after_descriptors(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return text.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

/// `data:` of a listed type, in base64.
pub(super) fn is_data(value: &str) -> bool {
    let Some((head, payload)) = value.split_once(',') else { return false };
    let head = head.to_ascii_lowercase();
    let Some(media) = head.strip_prefix("data:").and_then(|head| head.strip_suffix(";base64")) else { return false };
    let kind = media.split(';').next().unwrap_or_default();
    let plain_parameters = media.bytes().all(|b| b.is_ascii_alphanumeric() || b"/;=.+-_".contains(&b));
    DATA_TYPES.contains(&kind)
        && plain_parameters
        && payload.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// Whether text that is not known to be a URL could be read as one, or holds one.
pub(super) fn could_be_url(value: &str) -> bool {
    let plain: String = value.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_ascii_lowercase();
    let schemes =
        ["javascript:", "vbscript:", "livescript:", "data:", "blob:", "file:", "about:", "filesystem:", "view-source:"];
    let host = plain.trim_start_matches(['/', '\\']);
    plain.contains("://")
        || (plain.len() - host.len() > 1 && host.starts_with(|c: char| !c.is_whitespace()))
        || schemes.iter().any(|s| plain.starts_with(s))
}
