//! Canvas pictures: the only thing of a canvas that passes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::limits::Limits;

/// Why a canvas picture does not pass, as the report says it.
const NOT_A_PICTURE: &str = "canvas:not-a-picture";
/// Larger than an agent's browser is asked to unpack.
const TOO_LARGE: &str = "canvas:too-large";

/// Width and height in pixels.
type Size = (u32, u32);

/// Reads the size out of a picture's header; `None`: it is no picture of this type.
type ReadSize = fn(&[u8]) -> Option<Size>;

/// The picture types that a recorder writes, each told by its own bytes.
const TYPES: [(&str, ReadSize); 3] = [("image/png", png), ("image/jpeg", jpeg), ("image/webp", webp)];

/// `data:image/…;base64,…` of our own writing, if the recorder's base64 holds a PNG, JPEG or WebP picture of a size that
/// an agent's browser can unpack.
///
/// The type and the size are told by the picture's own header, never by the recorder.
///
/// # Errors
/// The report's word for it: [`NOT_A_PICTURE`] or [`TOO_LARGE`].
pub(crate) fn canvas_data_url(base64: &str, limits: &Limits) -> Result<String, &'static str> {
    if base64.len() / 4 * 3 > limits.canvas_bytes.saturating_add(2) {
        return Err(TOO_LARGE);
    }
    let bytes = STANDARD.decode(base64).map_err(|_| NOT_A_PICTURE)?;
    let known = TYPES.iter().find_map(|(name, size)| Some((name, size(&bytes)?)));
    let (name, (width, height)) = known.ok_or(NOT_A_PICTURE)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(NOT_A_PICTURE);
    }
    if pixels > limits.canvas_pixels || bytes.len() > limits.canvas_bytes {
        return Err(TOO_LARGE);
    }
    Ok(format!("data:{name};base64,{}", STANDARD.encode(&bytes)))
}

/// As [`canvas_data_url`], of the `data:` address that a snapshot holds.
pub(crate) fn canvas_data_url_again(url: &str, limits: &Limits) -> Result<String, &'static str> {
    let base64 = url.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    canvas_data_url(base64.ok_or(NOT_A_PICTURE)?.1, limits)
}

fn u16_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// `N` bytes, the lowest first.
fn le<const N: usize>(bytes: &[u8], at: usize) -> Option<u32> {
    let part: &[u8; N] = bytes.get(at..at + N)?.try_into().ok()?;
    Some(part.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The header chunk comes first.
fn png(bytes: &[u8]) -> Option<Size> {
    (bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")).then_some(())?;
    Some((u32_be(bytes, 16)?, u32_be(bytes, 20)?))
}

/// Segments, each with its length, up to the first that begins a frame.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    bytes.starts_with(b"\xff\xd8\xff").then_some(())?;
    let mut at = 2;
    loop {
        let [0xff, marker] = *bytes.get(at..at + 2)? else { return None };
        match marker {
            // Start of a frame; the numbers left out in between are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((u16_be(bytes, at + 7)?, u16_be(bytes, at + 5)?));
            }
            0xff => at += 1,
            // Scan data, or a segment without a length, before there is a frame.
            0x01 | 0xd0..=0xda => return None,
            _ => at += 2 + usize::try_from(u16_be(bytes, at + 2)?.max(2)).ok()?,
        }
    }
}

/// One of three kinds of first chunk.
fn webp(bytes: &[u8]) -> Option<Size> {
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some(())?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            (bytes.get(23..26) == Some(b"\x9d\x01\x2a")).then_some(())?;
            Some((le::<2>(bytes, 26)? & 0x3fff, le::<2>(bytes, 28)? & 0x3fff))
        }
        b"VP8L" => {
            (bytes.get(20) == Some(&0x2f)).then_some(())?;
            let packed = le::<4>(bytes, 21)?;
            Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((le::<3>(bytes, 24)? + 1, le::<3>(bytes, 27)? + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]]
            .concat()
    }

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0";
    const WEBP_LOSSY: &[u8] = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x20\0\x10\0";
    const WEBP_LOSSLESS: &[u8] = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x1f\xc0\x03\0";
    const WEBP_EXTENDED: &[u8] = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0";

    #[test]
    fn sizes_are_read_from_the_header() {
        assert_eq!(png(&png_of(32, 16)), Some((32, 16)));
        assert_eq!(jpeg(JPEG), Some((32, 16)));
        for (title, bytes) in [("lossy", WEBP_LOSSY), ("lossless", WEBP_LOSSLESS), ("extended", WEBP_EXTENDED)] {
            assert_eq!(webp(bytes), Some((32, 16)), "{title}");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_does_not_pass() {
        let limits = Limits { canvas_pixels: 1_000_000, canvas_bytes: 4_096, ..Limits::default() };
        let rows: [(&str, Vec<u8>, Result<(), &str>); 12] = [
            ("png", png_of(1_000, 1_000), Ok(())),
            ("jpeg", JPEG.into(), Ok(())),
            ("webp", WEBP_LOSSY.into(), Ok(())),
            ("png of too many pixels", png_of(1_001, 1_000), Err(TOO_LARGE)),
            ("png of 2^64 pixels", png_of(u32::MAX, u32::MAX), Err(TOO_LARGE)),
            ("too many bytes", [png_of(1, 1), vec![0; 4_096]].concat(), Err(TOO_LARGE)),
            ("no pixels", png_of(0, 16), Err(NOT_A_PICTURE)),
            ("cut off", b"\x89PNG\r\n\x1a\n".to_vec(), Err(NOT_A_PICTURE)),
            (
                "another first chunk",
                b"\x89PNG\r\n\x1a\n\0\0\0\x0dtEXt\0\0\0\x01\0\0\0\x01".to_vec(),
                Err(NOT_A_PICTURE),
            ),
            ("jpeg without a frame", b"\xff\xd8\xff\xda\0\x04ab".to_vec(), Err(NOT_A_PICTURE)),
            ("svg", b"<svg onload='x'/>".to_vec(), Err(NOT_A_PICTURE)),
            ("gif", b"GIF89a\x01\0\x01\0".to_vec(), Err(NOT_A_PICTURE)),
        ];
        for (title, bytes, wanted) in rows {
            let base64 = STANDARD.encode(&bytes);
            assert_eq!(canvas_data_url(&base64, &limits).map(|_| ()), wanted, "{title}");
            for end in 0..bytes.len().min(64) {
                let _ = canvas_data_url(&STANDARD.encode(&bytes[..end]), &limits);
            }
        }
        assert_eq!(canvas_data_url("not base64", &limits), Err(NOT_A_PICTURE));
    }
}
