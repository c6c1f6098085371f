//! Recognizes text that a browser could take for an address, wherever it stands.

use memchr::memmem;

/// Schemes that need no slashes to be dangerous or telling.
const BARE_SCHEMES: &[&str] = &[
    "http",
    "https",
    "ws",
    "wss",
    "ftp",
    "file",
    "data",
    "blob",
    "filesystem",
    "javascript",
    "vbscript",
    "livescript",
    "mocha",
    "view-source",
    "about",
    "mailto",
    "tel",
    "sms",
];

/// The longest scheme that is looked for; no browser knows a longer one.
const SCHEME_BYTES_MAX: usize = 32;

/// Whether the whole of `text` reads as an absolute address: a scheme, or `//host`.
///
/// As a browser does, it strips controls and spaces at the ends, ignores tabs and newlines anywhere, and takes `\` for
/// `/`. `Price: 5`, `12:30` and `// comment` are text. Entities and CSS escapes are expected to be decoded already.
#[must_use]
pub fn is_urlish(text: &str) -> bool {
    // Most values of a page are decided by their first bytes.
    let trimmed = text.trim_matches(|c| c <= ' ');
    let Some(first) = trimmed.bytes().next() else { return false };
    if !(first.is_ascii_alphabetic() || first == b'/' || first == b'\\') {
        return false;
    }
    let mut bytes = trimmed.bytes().filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'));
    if is_slash(first) {
        // A browser takes any number of them for two.
        let slashes = bytes.clone().take_while(|byte| is_slash(*byte)).count();
        return slashes > 1 && bytes.nth(slashes).is_some_and(|byte| byte > b' ');
    }
    let mut scheme = [0; SCHEME_BYTES_MAX];
    let mut length = 0;
    loop {
        match bytes.next() {
            Some(b':') => break,
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') => {
                let Some(place) = scheme.get_mut(length) else { return false };
                *place = byte.to_ascii_lowercase();
                length += 1;
            }
            _ => return false,
        }
    }
    let scheme = scheme.get(..length).unwrap_or_default();
    let (next, second) = (bytes.next(), bytes.next());
    if next.is_some_and(is_slash) && second.is_some_and(is_slash) {
        return true;
    }
    match scheme {
        b"javascript" | b"vbscript" | b"livescript" | b"mocha" => true,
        b"data" => memchr::memchr(b',', trimmed.as_bytes()).is_some(),
        // Spaces and controls are no part of a host, and so no address, unless they stand in a user name before one.
        b"http" | b"https" | b"ws" | b"wss" | b"ftp" if next.is_some_and(|byte| byte <= b' ') => trimmed.contains('@'),
        _ => next.is_some_and(|byte| byte > b' ') && BARE_SCHEMES.iter().any(|known| known.as_bytes() == scheme),
    }
}

/// Whether an address with a host stands anywhere inside `text`. For values whose meaning is unknown, such as JSON in
/// a `data-*` attribute.
#[must_use]
pub fn mentions_url(text: &str) -> bool {
    if memchr::memchr(b'/', text.as_bytes()).is_none() {
        return is_urlish(text);
    }
    is_urlish(text)
        || memmem::find(text.as_bytes(), b"://").is_some()
        || memmem::find(text.as_bytes(), b":\\/\\/").is_some()
        || memmem::find_iter(text.as_bytes(), b"//").any(|at| {
            // `"//cdn.example/x"` inside JSON or a list.
            let quoted =
                at == 0 || matches!(text.as_bytes().get(at - 1), Some(b'"' | b'\'' | b'(' | b',' | b' ' | b'='));
            quoted && text.as_bytes().get(at + 2).copied().is_some_and(is_host_byte)
        })
}

fn is_slash(byte: u8) -> bool {
    byte == b'/' || byte == b'\\'
}

/// What can begin a host: `// comment` and `///` have none.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'[' | b'%' | b'_' | b'-' | b'.' | b'@') || !byte.is_ascii()
}
