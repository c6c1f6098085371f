//! Assets: which hosts may be fetched, and the sealed paths that stand for their URLs.

mod domain;
mod token;

pub use domain::{AllowedDomains, DomainError};
pub use token::{AssetKey, AssetKind, AssetRef, Opener, Sealer, TokenError, open};
