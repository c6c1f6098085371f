//! Sealed asset paths: what an agent's browser asks for instead of a URL.
//!
//! A token is AES-256-GCM-SIV over the session, the use and the URL, padded to a length class. That construction is
//! made for a nonce that repeats, so one fixed nonce gives what is wanted: equal input gives the equal token (the browser
//! caches it), and nothing else can be learned from tokens, nor can one be made without the key.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ids::SessionId;

/// What an asset is used as. Part of the sealed text, so a token for a picture never serves a style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// A picture, an SVG picture included.
    Image,
    /// A font.
    Font,
    /// A style sheet.
    Style,
    /// Sound or video.
    Media,
}

impl AssetKind {
    /// Its word in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Font => "font",
            Self::Style => "style",
            Self::Media => "media",
        }
    }

    fn to_byte(self) -> u8 {
        match self {
            Self::Image => 1,
            Self::Font => 2,
            Self::Style => 3,
            Self::Media => 4,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Image),
            2 => Some(Self::Font),
            3 => Some(Self::Style),
            4 => Some(Self::Media),
            _ => None,
        }
    }
}

/// One of the server's `[keys] assets`: an id that stands in the token, and a secret.
#[derive(Clone)]
pub struct AssetKey {
    /// Which key: stands readable in the token.
    pub id: u8,
    /// 256 bits from the world's random source.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for AssetKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "AssetKey({}, ***)", self.id)
    }
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRef {
    /// The session that it was made in.
    pub session: SessionId,
    /// The absolute URL, as the WHATWG parser wrote it.
    pub url: String,
    /// What it may be used as.
    pub kind: AssetKind,
}

/// Why a token opens to nothing. All answer 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this server")]
pub struct TokenError;

/// First byte of every token; another layout takes another number.
const VERSION: u8 = 1;
/// Version and key id stand readable before the sealed part.
const HEADER_BYTES: usize = 2;
/// Kind, length of the session id, length of the URL.
const FIELDS_BYTES: usize = 4;
const TAG_BYTES: usize = 16;
/// Binds a sealed text to this use of the key; the key id follows.
const CONTEXT: &[u8] = b"vitrine asset token 1";
/// The sealed text is padded to one of these, so the length of a token tells a URL's length only by a third or so.
const CLASSES_BYTES: &[usize] =
    &[128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12_288, 16_384];

/// Makes the sealed paths of one session. Cloning shares the prepared key.
#[derive(Clone)]
pub struct Sealer {
    key: Arc<LessSafeKey>,
    key_id: u8,
    session: SessionId,
    prefix: Box<str>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sealer").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl Sealer {
    /// A sealer for `session`; paths begin with `base_path`.
    #[must_use]
    pub fn new(key: &AssetKey, session: SessionId, base_path: &str) -> Self {
        let prefix = format!("{base_path}/asset/").into_boxed_str();
        Self { key: Arc::new(prepare(key)), key_id: key.id, session, prefix }
    }

    /// `{base-path}/asset/{token}`: the same for the same URL and kind in the same session under the same key.
    ///
    /// Empty for a URL of more than 16,000 bytes; [`crate::limits::Limits::url_bytes`] refuses it long before.
    #[must_use]
    pub fn seal(&self, url: &str, kind: AssetKind) -> String {
        let mut path = String::new();
        self.seal_into(url, kind, &mut path);
        path
    }

    /// The token alone, for another node to open. `None` where [`Sealer::seal`] gives an empty text.
    #[must_use]
    pub fn token(&self, url: &str, kind: AssetKind) -> Option<String> {
        self.seal(url, kind).strip_prefix(&*self.prefix).map(str::to_owned)
    }

    /// Like [`Sealer::seal`], written at the end of `out`. Writes nothing where `seal` gives an empty text.
    pub fn seal_into(&self, url: &str, kind: AssetKind, out: &mut String) {
        let Some(mut token) = self.plain(url, kind) else { return };
        let sealed = token
            .get_mut(HEADER_BYTES..)
            .map(|text| self.key.seal_in_place_separate_tag(fixed_nonce(), Aad::from(context(self.key_id)), text));
        let Some(Ok(tag)) = sealed else { return };
        token.extend_from_slice(tag.as_ref());
        out.reserve(self.prefix.len() + token.len().div_ceil(3) * 4);
        out.push_str(&self.prefix);
        URL_SAFE_NO_PAD.encode_string(&token, out);
    }

    /// Header and padded fields, not sealed yet.
    fn plain(&self, url: &str, kind: AssetKind) -> Option<Vec<u8>> {
        let session = self.session.as_str().as_bytes();
        let length = FIELDS_BYTES + session.len() + url.len();
        let class = *CLASSES_BYTES.iter().find(|class| **class >= length)?;
        let mut text = Vec::with_capacity(HEADER_BYTES + class + TAG_BYTES);
        text.extend_from_slice(&[VERSION, self.key_id, kind.to_byte(), u8::try_from(session.len()).ok()?]);
        text.extend_from_slice(&u16::try_from(url.len()).ok()?.to_be_bytes());
        text.extend_from_slice(session);
        text.extend_from_slice(url.as_bytes());
        text.resize(HEADER_BYTES + class, 0);
        Some(text)
    }
}

/// Opens tokens: the server's keys, prepared once.
pub struct Opener {
    keys: Vec<(u8, LessSafeKey)>,
    /// What is read in place of a text that does not open.
    decoy: Vec<u8>,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

impl Opener {
    /// An opener for the current key and those before it. Without a key nothing opens.
    #[must_use]
    pub fn new(keys: &[AssetKey]) -> Self {
        Self { keys: keys.iter().map(|key| (key.id, prepare(key))).collect(), decoy: decoy() }
    }

    /// What the token stands for.
    ///
    /// Forged, cut, old and foreign tokens take the same way as one that opens: an unknown key id is tried with the first
    /// key, and fields are read also where nothing opened. So the time tells neither which ids exist nor what was wrong.
    pub fn open(&self, token: &str) -> Result<AssetRef, TokenError> {
        let mut text = URL_SAFE_NO_PAD
            .decode(token.get(..token.len().min(TOKEN_CHARS_MAX)).ok_or(TokenError)?)
            .unwrap_or_else(|_| vec![0; DUMMY_BYTES]);
        if text.len() < DUMMY_BYTES {
            text = vec![0; DUMMY_BYTES];
        }
        let [version, id, sealed @ ..] = text.as_mut_slice() else { return Err(TokenError) };
        let known = self.keys.iter().find(|(key_id, _)| key_id == id);
        let (_, key) = known.or_else(|| self.keys.first()).ok_or(TokenError)?;
        let opened = key.open_in_place(fixed_nonce(), Aad::from(context(*id)), sealed);
        let is_ours = opened.is_ok() && known.is_some() && *version == VERSION && token.len() <= TOKEN_CHARS_MAX;
        let text: &[u8] = opened.map_or(&self.decoy, |text| text);
        fields(text).filter(|_| is_ours).ok_or(TokenError)
    }
}

/// Fields like those of a short token, and as long.
fn decoy() -> Vec<u8> {
    let (session, url) = ([b'n'; 22], [b'n'; 48]);
    let mut text = vec![AssetKind::Image.to_byte(), 22, 0, 48];
    text.extend_from_slice(&session);
    text.extend_from_slice(&url);
    text.resize(128, 0);
    text
}

/// The longest token there is, in characters.
const TOKEN_CHARS_MAX: usize = (HEADER_BYTES + 16_384 + TAG_BYTES).div_ceil(3) * 4;
/// The shortest token there is, in bytes; what is no token is judged as if it were such a one.
const DUMMY_BYTES: usize = HEADER_BYTES + 128 + TAG_BYTES;

/// Opens a token under whichever of `keys` it names. A server that opens many keeps an [`Opener`].
pub fn open(keys: &[AssetKey], token: &str) -> Result<AssetRef, TokenError> {
    Opener::new(keys).open(token)
}

fn fields(text: &[u8]) -> Option<AssetRef> {
    let (head, rest) = text.split_at_checked(FIELDS_BYTES)?;
    let &[kind, session_length, high, low] = head else { return None };
    let (session, rest) = rest.split_at_checked(usize::from(session_length))?;
    let (url, _) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
    Some(AssetRef {
        session: SessionId::new(std::str::from_utf8(session).ok()?)?,
        url: std::str::from_utf8(url).ok()?.to_owned(),
        kind: AssetKind::from_byte(kind)?,
    })
}

fn context(key_id: u8) -> [u8; CONTEXT.len() + 1] {
    let mut context = [key_id; CONTEXT.len() + 1];
    context[..CONTEXT.len()].copy_from_slice(CONTEXT);
    context
}

fn fixed_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

/// The key in the form that the cipher works with.
#[allow(clippy::expect_used, reason = "the only refusal is a key of another length, and the type fixes the length")]
fn prepare(key: &AssetKey) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &key.secret).expect("32 bytes are the key's length"))
}

#[cfg(test)]
mod tests;
