//! Messages on the wire: text is JSON, binary is the same JSON as gzip with a limit of its own.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::read::GzEncoder;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vitrine_core::session::CloseCode;

/// Messages above this leave compressed. What fits one packet gains nothing by it.
const GZIP_FROM_BYTES: usize = 1_400;
/// Work on more bytes than this is taken off the async threads.
const HEAVY_FROM_BYTES: usize = 256 << 10;
/// What a page's events grow by when they are decompressed; a bomb grows by more, and never over its limit.
const EXPANSION: usize = 16;

/// Decompresses a binary message.
///
/// # Errors
/// [`CloseCode::NotGzip`] for anything but one whole gzip stream, [`CloseCode::TooBig`] at the first byte over
/// `bytes_max`, however much more would follow.
pub fn unzip(message: &[u8], bytes_max: usize) -> Result<Vec<u8>, CloseCode> {
    heavy(message.len().saturating_mul(EXPANSION), || {
        let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
        let mut json = Vec::with_capacity(message.len().saturating_mul(4).min(bytes_max));
        let mut decoder = GzDecoder::new(message).take(most);
        decoder.read_to_end(&mut json).map_err(|_| CloseCode::NotGzip)?;
        if json.len() > bytes_max {
            return Err(CloseCode::TooBig);
        }
        let is_whole = decoder.into_inner().into_inner().is_empty();
        if is_whole { Ok(json) } else { Err(CloseCode::NotGzip) }
    })
}

/// A message to agents, made once; clones of it share the bytes. A large one is compressed where `compression` is on.
#[must_use]
pub fn to_agents(json: &Arc<str>, compression: bool) -> Message {
    if json.len() <= GZIP_FROM_BYTES || !compression {
        return Message::Text(Utf8Bytes::from(&**json));
    }
    let zipped = heavy(json.len(), || {
        let mut bytes = Vec::with_capacity(json.len() / 4);
        GzEncoder::new(json.as_bytes(), Compression::fast()).read_to_end(&mut bytes).map(|_| bytes)
    });
    match zipped {
        Ok(bytes) => Message::Binary(Bytes::from(bytes)),
        Err(_) => Message::Text(Utf8Bytes::from(&**json)),
    }
}

/// Does work on so many bytes without holding up the other tasks of the thread.
pub fn heavy<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let can_move = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if bytes > HEAVY_FROM_BYTES && can_move { tokio::task::block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::read::GzEncoder;
    use tokio_tungstenite::tungstenite::Message;
    use vitrine_core::session::CloseCode;

    use super::{to_agents, unzip};

    fn zip(bytes: &[u8]) -> Vec<u8> {
        let mut zipped = Vec::new();
        GzEncoder::new(bytes, Compression::fast()).read_to_end(&mut zipped).unwrap();
        zipped
    }

    #[test]
    fn what_is_zipped_comes_back() {
        assert_eq!(unzip(&zip(b"{}"), 2), Ok(b"{}".to_vec()));
        assert_eq!(unzip(&zip(b""), 2), Ok(Vec::new()));
    }

    #[test]
    fn bombs_and_noise_are_refused() {
        assert_eq!(unzip(&zip(&[b' '; 1 << 20]), 1 << 16), Err(CloseCode::TooBig));
        assert_eq!(unzip(&zip(b"{} "), 2), Err(CloseCode::TooBig));
        let whole = zip(b"{\"t\":\"pause\"}");
        for noise in [&b""[..], b"{}", b"\x1f\x8b", &whole[..whole.len() - 1], &[&whole[..], b"x"].concat()] {
            assert_eq!(unzip(noise, 1 << 16), Err(CloseCode::NotGzip), "{noise:?}");
        }
    }

    #[test]
    fn small_messages_stay_text() {
        assert!(matches!(to_agents(&Arc::from("{}"), true), Message::Text(_)));
        let large: Arc<str> = Arc::from("x".repeat(5_000));
        let Message::Binary(zipped) = to_agents(&large, true) else { panic!("not compressed") };
        assert_eq!(unzip(&zipped, 5_000).unwrap(), large.as_bytes());
        assert!(matches!(to_agents(&large, false), Message::Text(_)));
    }
}
