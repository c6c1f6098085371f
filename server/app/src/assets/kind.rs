//! What an asset is: its header and its first bytes must agree on a type of this list. The answer carries the type
//! that the bytes have.

use bytes::Bytes;
use vitrine_core::asset::AssetKind;

pub(super) const CSS: &str = "text/css; charset=utf-8";
pub(super) const SVG: &str = "image/svg+xml";

/// A raster picture or font, by the bytes it begins with: offset, bytes, type.
const MAGIC: [(usize, &[u8], &str); 13] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP8", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"BM", "image/bmp"),
    (0, b"wOF2", "font/woff2"),
    (0, b"wOFF", "font/woff"),
    (0, b"OTTO", "font/otf"),
    (0, b"\x00\x01\x00\x00", "font/ttf"),
];

/// Types that a header may name for pictures; what the bytes are is judged by themselves.
const IMAGE_HEADERS: [&str; 11] = [
    "image/png",
    "image/jpeg",
    "image/jpg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/x-icon",
    "image/vnd.microsoft.icon",
    "image/bmp",
    "image/x-ms-bmp",
    "image/apng",
];

/// Types that a header may name for fonts; servers know few of them.
const FONT_HEADERS: [&str; 14] = [
    "font/woff2",
    "font/woff",
    "font/otf",
    "font/ttf",
    "font/sfnt",
    "application/font-woff2",
    "application/font-woff",
    "application/x-font-woff",
    "application/x-font-ttf",
    "application/x-font-otf",
    "application/font-sfnt",
    "application/vnd.ms-opentype",
    "application/octet-stream",
    "binary/octet-stream",
];

/// The type to serve it as, or `None` if it is not served.
pub(super) fn judge(kind: AssetKind, header: &str, body: &[u8]) -> Option<&'static str> {
    let named = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_named = |list: &[&str]| list.contains(&named.as_str());
    match kind {
        AssetKind::Image if named == SVG => is_svg(body).then_some(SVG),
        AssetKind::Image => magic(body).filter(|found| found.starts_with("image/") && is_named(&IMAGE_HEADERS)),
        AssetKind::Font => magic(body).filter(|found| found.starts_with("font/") && is_named(&FONT_HEADERS)),
        AssetKind::Style => (named == "text/css").then_some(CSS),
        AssetKind::Media => None,
    }
}

/// The `Accept` header for each kind.
pub(super) fn accepted(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Image => "image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml",
        AssetKind::Font => "font/woff2,font/woff,font/otf,font/ttf",
        AssetKind::Style => "text/css",
        AssetKind::Media => "*/*",
    }
}

fn magic(body: &[u8]) -> Option<&'static str> {
    let matches =
        |(offset, bytes, _): &&(usize, &[u8], &str)| body.get(*offset..).is_some_and(|rest| rest.starts_with(bytes));
    MAGIC.iter().find(matches).map(|(_, _, kind)| *kind)
}

/// Whether the first element is `svg`: what stands before it can be an XML declaration, a document type, comments.
fn is_svg(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let (start, end) = match rest {
            _ if rest.starts_with("<?") => ("<?", "?>"),
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ if rest.starts_with("<!") => ("<!", ">"),
            _ => break,
        };
        let Some((_, after)) = rest[start.len()..].split_once(end) else { return false };
        rest = after.trim_start();
    }
    rest.strip_prefix("<svg")
        .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/'))
}

/// A style sheet's text in UTF-8: a byte order mark counts first, then the header, then `@charset`.
pub(super) fn to_utf8(header: &str, body: Bytes) -> Bytes {
    let named = header.split(';').skip(1).find_map(|part| part.trim().strip_prefix("charset="));
    let at_rule = || {
        body.strip_prefix(b"@charset \"").and_then(|rest| std::str::from_utf8(rest.split(|b| *b == b'"').next()?).ok())
    };
    let label = named.map(|label| label.trim_matches('"')).or_else(at_rule).unwrap_or("utf-8");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let (text, _, _) = encoding.decode(&body);
    match text {
        std::borrow::Cow::Borrowed(text) if text.len() == body.len() => body,
        text => Bytes::from(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use vitrine_core::asset::AssetKind::{Font, Image, Media, Style};

    use super::{CSS, SVG, judge, to_utf8};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

    #[test]
    fn header_and_bytes_must_agree() {
        for (kind, header, body, served) in [
            (Image, "image/png", PNG, Some("image/png")),
            (Image, "IMAGE/JPEG; q=1", b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (Image, "image/jpeg", PNG, Some("image/png")),
            (Image, "text/html", PNG, None),
            (Image, "", PNG, None),
            (Image, "image/png", b"<html>", None),
            (Image, "image/png", b"", None),
            (Image, "image/png", b"wOF2....", None),
            (Image, "image/svg+xml", b"<?xml version='1.0'?><!-- a --><!DOCTYPE svg><svg xmlns='x'/>", Some(SVG)),
            (Image, "image/svg+xml", b"<html><svg/></html>", None),
            (Image, "image/svg+xml", b"<svgx>", None),
            (Font, "font/woff2", b"wOF2....", Some("font/woff2")),
            (Font, "application/octet-stream", b"wOF2....", Some("font/woff2")),
            (Font, "font/woff2", PNG, None),
            (Style, "text/css; charset=utf-8", b"a{}", Some(CSS)),
            (Style, "text/plain", b"a{}", None),
            (Style, "text/html", b"a{}", None),
            (Media, "video/mp4", b"....ftypmp42", None),
        ] {
            assert_eq!(judge(kind, header, body), served, "{kind:?} {header} {body:?}");
        }
    }

    #[test]
    fn style_sheets_become_utf8() {
        for (header, body, text) in [
            ("text/css", &b"a\xc3\xa9"[..], "aé"),
            ("text/css; charset=iso-8859-1", b"a\xe9", "aé"),
            ("text/css", b"@charset \"windows-1252\";\xe9", "@charset \"windows-1252\";é"),
            ("text/css; charset=iso-8859-1", b"\xef\xbb\xbfa\xc3\xa9", "aé"),
            ("text/css", b"\xff", "\u{fffd}"),
        ] {
            assert_eq!(to_utf8(header, Bytes::copy_from_slice(body)), text, "{header}");
        }
    }
}
