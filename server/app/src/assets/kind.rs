//! What an asset is: its header and its first bytes must agree on a type of this list. The answer carries the type
//! that the bytes have.

use std::borrow::Cow;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use vitrine_core::asset::AssetKind;

pub(super) const CSS: &str = "text/css; charset=utf-8";
pub(super) const SVG: &str = "image/svg+xml";

/// A raster picture or font, by bytes that it begins with; `?` is any byte.
const MAGIC: [(&[u8], &str); 13] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"RIFF????WEBPVP8", "image/webp"),
    (b"????ftypavif", "image/avif"),
    (b"????ftypavis", "image/avif"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"wOF2", "font/woff2"),
    (b"wOFF", "font/woff"),
    (b"OTTO", "font/otf"),
    (b"\x00\x01\x00\x00", "font/ttf"),
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

/// Sound and video: what a header may name, which the answer names too, and the bytes that the container begins with.
const MEDIA: [(&str, &[u8]); 12] = [
    ("video/mp4", b"????ftyp"),
    ("audio/mp4", b"????ftyp"),
    ("audio/x-m4a", b"????ftyp"),
    ("video/webm", b"\x1aE\xdf\xa3"),
    ("audio/webm", b"\x1aE\xdf\xa3"),
    ("video/ogg", b"OggS\0"),
    ("audio/ogg", b"OggS\0"),
    ("audio/mpeg", b"ID3"),
    ("audio/mpeg", b"\xff\xfb"),
    ("audio/mpeg", b"\xff\xfa"),
    ("audio/mpeg", b"\xff\xf3"),
    ("audio/mpeg", b"\xff\xf2"),
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

/// The type to serve it as, and the body as it is from then on: style sheets become UTF-8. `None`: it is not served.
pub(super) fn judge(kind: AssetKind, header: &str, body: Bytes) -> Option<(&'static str, Bytes)> {
    let named = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_named = |list: &[&str]| list.contains(&named.as_str());
    let found = match kind {
        AssetKind::Image if named == SVG => is_svg(&body).then_some(SVG),
        AssetKind::Image => magic(&body).filter(|found| found.starts_with("image/") && is_named(&IMAGE_HEADERS)),
        AssetKind::Font => magic(&body).filter(|found| found.starts_with("font/") && is_named(&FONT_HEADERS)),
        AssetKind::Style => (named == "text/css").then_some(CSS),
        AssetKind::Media => {
            MEDIA.iter().find(|(known, wanted)| *known == named && begins(&body, wanted)).map(|(known, _)| *known)
        }
    }?;
    if found != CSS {
        return Some((found, body));
    }
    let text = to_utf8(header, body);
    is_css(&text).then_some((CSS, text))
}

/// The `Accept` header for each kind.
pub(super) fn accepted(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Image => "image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml",
        AssetKind::Font => "font/woff2,font/woff,font/otf,font/ttf",
        AssetKind::Style => "text/css",
        AssetKind::Media => "video/mp4,video/webm,video/ogg,audio/mpeg,audio/mp4,audio/webm,audio/ogg",
    }
}

fn magic(body: &[u8]) -> Option<&'static str> {
    MAGIC.iter().find(|(wanted, _)| begins(body, wanted)).map(|(_, kind)| *kind)
}

/// Whether the body begins so; `?` is any byte.
fn begins(body: &[u8], wanted: &[u8]) -> bool {
    body.len() >= wanted.len() && wanted.iter().zip(body).all(|(wanted, byte)| *wanted == b'?' || wanted == byte)
}

/// Whether a document type declares things of its own, in brackets: drawing programs do.
fn has_subset(doctype: &str) -> bool {
    doctype.find(['[', '>']).is_some_and(|at| doctype[at..].starts_with('['))
}

/// Any text can be a style sheet; one that begins with a tag is a page, and one with a zero byte is no text.
fn is_css(body: &[u8]) -> bool {
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    (!start.starts_with(b"<") || start.starts_with(b"<!--")) && !body.contains(&0)
}

/// Whether the first element is `svg`: what stands before it can be an XML declaration, a document type, comments.
fn is_svg(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let (start, end) = match rest {
            _ if rest.starts_with("<?") => ("<?", "?>"),
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ if rest.starts_with("<!") && has_subset(rest) => ("<!", "]>"),
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
fn to_utf8(header: &str, body: Bytes) -> Bytes {
    let encoding = charset(header)
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| at_charset(&body))
        .unwrap_or(UTF_8);
    let (text, _, _) = encoding.decode(&body);
    match text {
        Cow::Borrowed(text) if text.len() == body.len() => body,
        text => Bytes::from(text.into_owned()),
    }
}

fn charset(header: &str) -> Option<&str> {
    let parameters = header.split(';').skip(1).filter_map(|part| part.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, label)| label.trim().trim_matches('"'))
}

/// What the sheet's first bytes say. They can be read, so it is no UTF-16, whatever they say.
fn at_charset(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..CHARSET_BYTES).unwrap_or(body);
    let label = head.strip_prefix(b"@charset \"")?;
    let label = label.get(..label.windows(2).position(|two| two == b"\";")?)?;
    let named = Encoding::for_label(label)?;
    Some(if named == UTF_16LE || named == UTF_16BE { UTF_8 } else { named })
}

/// Behind them no `@charset` is looked for.
const CHARSET_BYTES: usize = 1024;

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
            (Image, "image/webp", b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (Image, "image/webp", b"....\x10\0\0\0WEBPVP8 ", None),
            (Image, "image/avif", b"\0\0\0\x1cftypavif", Some("image/avif")),
            (Image, "image/png", b"<html>", None),
            (Image, "image/png", b"\x89PNG", None),
            (Image, "image/png", b"", None),
            (Image, "image/png", b"wOF2....", None),
            (Image, "image/svg+xml", b"<?xml version='1.0'?><!-- a --><!DOCTYPE svg><svg xmlns='x'/>", Some(SVG)),
            (Image, "image/svg+xml", b"<!DOCTYPE svg PUBLIC 'a' 'b' [<!ENTITY a '>'>]> <svg xmlns='x'/>", Some(SVG)),
            (Image, "image/svg+xml", b"<!DOCTYPE svg [<svg/>", None),
            (Image, "image/svg+xml", b"<html><svg/></html>", None),
            (Image, "image/svg+xml", b"<svgx>", None),
            (Font, "font/woff2", b"wOF2....", Some("font/woff2")),
            (Font, "application/octet-stream", b"wOF2....", Some("font/woff2")),
            (Font, "font/woff2", PNG, None),
            (Style, "text/css; charset=utf-8", b"a{}", Some(CSS)),
            (Style, "text/css", b"<!-- a{} -->", Some(CSS)),
            (Style, "text/css", b"\xff\xfea\0{\0}\0", Some(CSS)),
            (Style, "text/css", b" \xef\xbb\xbf", Some(CSS)),
            (Style, "text/css", b"\xef\xbb\xbf\n<!DOCTYPE html><p>", None),
            (Style, "text/css", b"<svg/>", None),
            (Style, "text/css", b"a\0{}", None),
            (Style, "text/plain", b"a{}", None),
            (Style, "text/html", b"a{}", None),
            (Media, "video/mp4", b"....ftypmp42", Some("video/mp4")),
            (Media, "Audio/MPEG", b"ID3\x04", Some("audio/mpeg")),
            (Media, "audio/mpeg", b"\xff\xfb\x90", Some("audio/mpeg")),
            (Media, "video/webm; codecs=vp9", b"\x1aE\xdf\xa3", Some("video/webm")),
            (Media, "audio/ogg", b"OggS\0", Some("audio/ogg")),
            (Media, "video/webm", b"....ftypmp42", None),
            (Media, "video/mp4", b"<html>", None),
            (Media, "text/html", b"....ftypmp42", None),
            (Media, "application/octet-stream", b"....ftypmp42", None),
            (Media, "application/vnd.apple.mpegurl", b"#EXTM3U", None),
            (Media, "image/png", PNG, None),
            (Image, "video/mp4", b"....ftypmp42", None),
        ] {
            let judged = judge(kind, header, Bytes::from_static(body)).map(|(content_type, _)| content_type);
            assert_eq!(judged, served, "{kind:?} {header} {body:?}");
        }
    }

    #[test]
    fn style_sheets_become_utf8() {
        for (header, body, text) in [
            ("text/css", &b"a\xc3\xa9"[..], "aé"),
            ("text/css; charset=iso-8859-1", b"a\xe9", "aé"),
            ("text/css", b"@charset \"windows-1252\";\xe9", "@charset \"windows-1252\";é"),
            ("text/css; charset=iso-8859-1", b"\xef\xbb\xbfa\xc3\xa9", "aé"),
            ("text/css; charset=\"utf-8\"", b"@charset \"windows-1252\";a\xc3\xa9", "@charset \"windows-1252\";aé"),
            ("text/css; Charset = ISO-8859-1", b"a\xe9", "aé"),
            ("text/css; charset=unheard-of", b"@charset \"windows-1252\";\xe9", "@charset \"windows-1252\";é"),
            ("text/css", b"@charset \"utf-16\";a", "@charset \"utf-16\";a"),
            ("text/css", b"@charset 'windows-1252';\xe9", "@charset 'windows-1252';\u{fffd}"),
            ("text/css", b"\xff\xfea\0", "a"),
            ("text/css", b"\xff", "\u{fffd}"),
        ] {
            assert_eq!(to_utf8(header, Bytes::copy_from_slice(body)), text, "{header}");
        }
    }
}
