//! `data:` texts: only raster pictures and fonts, only base64, and the type that is written is what the bytes are.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::allow::{DATA_TYPES, DataType, Family};

/// A longer media type is none of the listed ones.
const HEADER_BYTES_MAX: usize = 128;
/// So many characters are decoded to see what the bytes are.
const SNIFF_CHARS: usize = 64;

/// Tolerates what browsers tolerate at the end of base64.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What follows `data:`, if `raw` begins so.
pub(super) fn after_scheme(raw: &str) -> Option<&str> {
    let (scheme, rest) = raw.split_at_checked(5)?;
    scheme.eq_ignore_ascii_case("data:").then_some(rest)
}

/// The whole text anew: our name of the type and canonical base64. The error is a word of the report.
pub(super) fn rewrite(rest: &str, family: Family, decoded_bytes_max: usize) -> Result<String, &'static str> {
    let comma = memchr::memchr(b',', rest.as_bytes()).filter(|at| *at <= HEADER_BYTES_MAX).ok_or("url:data-type")?;
    let (header, payload) = rest.split_at(comma);
    let declared = declared_type(header).ok_or("url:data-type")?;
    if !DATA_TYPES.iter().any(|known| known.family == family && known.aliases.contains(&declared.as_str())) {
        return Err("url:data-type");
    }
    let payload = payload.get(1..).unwrap_or_default();
    let payload = payload.split_once('#').map_or(payload, |(before, _)| before);
    if payload.len() / 4 * 3 > decoded_bytes_max {
        return Err("url:too-long");
    }
    if is_canonical(payload) {
        let sample = payload.get(..payload.len().min(SNIFF_CHARS)).unwrap_or_default();
        let name = STANDARD.decode(sample).ok().and_then(|bytes| sniff(&bytes, family)).ok_or("url:data-bytes")?;
        return Ok(["data:", name, ";base64,", payload].concat());
    }
    let bytes = LENIENT.decode(unescaped(payload)).map_err(|_| "url:data-bytes")?;
    let name = sniff(&bytes, family).ok_or("url:data-bytes")?;
    Ok(["data:", name, ";base64,", &STANDARD.encode(bytes)].concat())
}

/// `image/png` of `image/png;charset=x;base64`, in lower case; nothing without `base64` at the end.
fn declared_type(header: &str) -> Option<String> {
    let (kind, encoding) = header.rsplit_once(';')?;
    if !encoding.trim_matches(' ').eq_ignore_ascii_case("base64") {
        return None;
    }
    let name = kind.split(';').next()?;
    Some(name.trim_matches(' ').to_ascii_lowercase())
}

/// Whether the text is base64 as an encoder writes it, so that it can be copied.
fn is_canonical(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4) && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// Without white space, and with percent signs decoded, as a browser reads the body.
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
                out.push(b'%');
                return out;
            };
            high << 4 | low
        } else {
            byte
        };
        if !byte.is_ascii_whitespace() {
            out.push(byte);
        }
    }
    out
}

fn sniff(bytes: &[u8], family: Family) -> Option<&'static str> {
    let begins = |(at, magic): &(usize, &'static [u8])| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic));
    let fits = |known: &&DataType| known.family == family && known.magic.iter().any(begins);
    DATA_TYPES.iter().find(fits).map(|known| known.name)
}
