//! Canvas pictures: the only thing of a canvas that passes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The first bytes of the listed picture types.
const MAGIC: [(&[u8], &str); 3] =
    [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp")];

/// `data:image/…;base64,…` of our own writing, if the recorder's base64 holds a PNG, JPEG or WebP picture.
///
/// The type is told by the picture's own first bytes, never by the recorder.
#[must_use]
pub(crate) fn canvas_data_url(base64: &str, bytes_max: usize) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok().filter(|bytes| bytes.len() <= bytes_max)?;
    let (_, media_type) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    if *media_type == "image/webp" && bytes.get(8..12) != Some(b"WEBP") {
        return None;
    }
    Some(format!("data:{media_type};base64,{}", STANDARD.encode(&bytes)))
}
