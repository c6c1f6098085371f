//! Assets: which hosts may be fetched, the sealed paths that stand for their URLs, and what is fetched unasked.

mod domain;
mod early;
mod token;

pub use domain::{AllowedDomains, DomainError, HostList};
pub use early::{EarlyFetch, EarlyFetches};
pub use token::{AssetKey, AssetKind, AssetRef, Opener, Sealer, TokenError, open};
