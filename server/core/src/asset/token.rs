//! Sealed asset paths: what an agent's browser asks for instead of a URL.

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

/// Makes the sealed paths of one session.
#[derive(Debug, Clone)]
pub struct Sealer {}

impl Sealer {
    /// A sealer for `session`; paths begin with `base_path`.
    #[must_use]
    pub fn new(_key: &AssetKey, _session: SessionId, _base_path: &str) -> Self {
        Self {}
    }

    /// `{base-path}/asset/{token}`: the same for the same URL and kind in the same session under the same key.
    #[must_use]
    pub fn seal(&self, _url: &str, _kind: AssetKind) -> String {
        String::new()
    }
}

/// Opens a token under whichever of `keys` it names.
pub fn open(_keys: &[AssetKey], _token: &str) -> Result<AssetRef, TokenError> {
    Err(TokenError)
}
