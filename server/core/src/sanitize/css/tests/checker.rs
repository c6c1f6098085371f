//! A second opinion on our own output, which shares no code with what it judges.
//!
//! It knows one language only: what [`super::super`] writes. Anything that it does not know is a violation.

/// `Err` tells the first violation.
pub(super) fn check(css: &str) -> Result<(), String> {
    let bytes = css.as_bytes();
    let mut open = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' => {
                let end = string_end(bytes, at)?;
                let value = &css[at + 1..end - 1];
                if looks_absolute(value) && !(css[..at].ends_with("url(") && is_safe_url(value)) {
                    return Err(format!("an address in a string: {value}"));
                }
                if css[..at].trim_end().ends_with("image-set(") {
                    return Err("a string in image-set".to_owned());
                }
                at = end;
                continue;
            }
            b'\\' => {
                let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
                if !(1..=6).contains(&digits) || bytes.get(at + 1 + digits) != Some(&b' ') {
                    return Err("an escape in another form".to_owned());
                }
                at += digits + 2;
                continue;
            }
            b'<' if !matches!(bytes.get(at + 1), Some(b'=' | b' ')) => return Err("a tag".to_owned()),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                if css[at..].starts_with("/* rr_split */") {
                    at += 14;
                    continue;
                }
                if !css[at..].starts_with("/**/") {
                    return Err("a comment".to_owned());
                }
                at += 4;
                continue;
            }
            b'(' => {
                let name = name_before(css, at);
                match name.to_ascii_lowercase().as_str() {
                    _ if ends_with_escape(&css[..at - name.len()]) => {}
                    "url" => {
                        let rest = &css[at + 1..];
                        let inside = rest.strip_prefix('"').and_then(|rest| rest.split_once("\")"));
                        if !inside.is_some_and(|(value, _)| is_safe_url(value)) {
                            return Err(format!("a url: {rest}"));
                        }
                    }
                    "src" | "expression" | "url-prefix" => return Err(format!("a function: {name}")),
                    _ => {}
                }
                open.push(b')');
            }
            b'[' => open.push(b']'),
            b'{' => open.push(b'}'),
            close @ (b')' | b']' | b'}') if open.pop() != Some(close) => return Err("brackets".to_owned()),
            b'@' => {
                let name: String =
                    css[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                let known = [
                    "media",
                    "supports",
                    "container",
                    "layer",
                    "scope",
                    "starting-style",
                    "keyframes",
                    "-webkit-keyframes",
                    "-moz-keyframes",
                    "font-face",
                    "font-palette-values",
                    "property",
                    "counter-style",
                    "position-try",
                    "page",
                    "import",
                ];
                if !known.contains(&name.as_str()) {
                    return Err(format!("an at-rule: {name}"));
                }
                if name == "import" && !css[at..].starts_with("@import url(\"/base/asset/") {
                    return Err("an import".to_owned());
                }
            }
            byte if byte < b' ' || byte == 0x7f => return Err("a control character".to_owned()),
            _ => {}
        }
        at += 1;
    }
    if open.is_empty() { Ok(()) } else { Err("open brackets".to_owned()) }
}

fn string_end(bytes: &[u8], start: usize) -> Result<usize, String> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'<' => return Err("a tag in a string".to_owned()),
            b'\\' => at += 1,
            byte if byte == bytes[start] => return Ok(at + 1),
            byte if byte < b' ' => return Err("a control character in a string".to_owned()),
            _ => {}
        }
        at += 1;
    }
    Err("an open string".to_owned())
}

fn name_before(css: &str, at: usize) -> &str {
    let start = css[..at]
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_alphanumeric() || !c.is_ascii() || matches!(c, '-' | '_' | '\\'))
        .last()
        .map_or(at, |(start, _)| start);
    &css[start..at]
}

fn is_safe_url(value: &str) -> bool {
    let token = |text: &str| {
        let (token, fragment) = text.split_once('#').unwrap_or((text, ""));
        !token.is_empty()
            && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && fragment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:=&+~".contains(&b))
    };
    let listed = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/bmp",
        "image/x-icon",
        "font/woff",
        "font/woff2",
        "font/ttf",
        "font/otf",
    ];
    let data = |text: &str| {
        text.split_once(";base64,").is_some_and(|(kind, payload)| {
            listed.contains(&kind) && payload.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
        })
    };
    value.is_empty()
        || value.starts_with('#')
        || value.strip_prefix("/base/asset/").is_some_and(token)
        || value.strip_prefix("data:").is_some_and(data)
}

/// Whether the text ends with an escape, whose space is part of it: what follows goes on with the same name.
fn ends_with_escape(css: &str) -> bool {
    let Some(before) = css.strip_suffix(' ') else { return false };
    before.trim_end_matches(|c: char| c.is_ascii_hexdigit()).ends_with('\\')
}

/// Cruder than the product's own judgement, on purpose.
fn looks_absolute(value: &str) -> bool {
    let squeezed: String = value.chars().filter(|c| *c > ' ').collect();
    let lower = squeezed.to_ascii_lowercase();
    lower.starts_with("http:") && !lower.starts_with("http:/base")
        || lower.starts_with("https://")
        || lower.starts_with("javascript:")
        || lower.starts_with("//") && lower.get(2..3).is_some_and(|c| c.as_bytes()[0].is_ascii_alphanumeric())
}

#[test]
fn the_checker_can_fail() {
    for bad in [
        "a{background:url(\"https://evil.test\");}",
        "a{background:url(x);}",
        "a{content:'</style>';}",
        "a{",
        "a}",
        "@foo {}",
        "a{content:'https://evil.test';}",
        "a{background:url(\"/base/asset/\");}",
        "@import url(\"\");",
        "a{/* x */}",
        "a{background:url(\"data:image/svg+xml;base64,AAAA\");}",
        "a<b{}",
        "a{b:image-set(\"x\" 1x);}",
        "a\\:b{}",
        "a{b:src(\"\");}",
        "a{content:'x}",
        "a{content:\u{1};}",
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
    assert_eq!(check("a{background:url(\"/base/asset/x-_1#a\");}"), Ok(()));
}
