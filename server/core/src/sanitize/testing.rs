//! What the tests of this module share: a policy that allows two hosts, a key, a session.

use crate::asset::{AllowedDomains, AssetKey, Sealer};
use crate::ids::SessionId;
use crate::policy::{PageUrl, Policy};
use crate::restrict::RuleBook;

/// The page's address.
pub(crate) const BASE: &str = "https://shop.example/dir/page?q=1";

/// Allows `shop.example` and one label under `img.example`; `data:` pictures pass.
pub(crate) fn policy() -> Policy {
    let hosts = ["shop.example".to_owned(), "*.img.example".to_owned()];
    Policy {
        domains: AllowedDomains::parse(&hosts, &[443], &["https".to_owned()]).expect("two host names"),
        rules: RuleBook::default(),
        page_url: PageUrl::default(),
        allow_data_images: true,
        allow_media: true,
        keeps_assets: true,
        customer_uploads: false,
        base_path: "/base".to_owned(),
    }
}

pub(crate) fn key() -> AssetKey {
    AssetKey { id: 1, secret: [1; 32] }
}

pub(crate) fn session() -> SessionId {
    SessionId::new("s-1").expect("a session id")
}

pub(crate) fn sealer() -> Sealer {
    Sealer::new(&key(), session(), "/base")
}
