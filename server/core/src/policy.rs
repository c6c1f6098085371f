//! The operator's decisions about pages, parsed once: what may be fetched, what is restricted, what is shown.

use url::Url;

use crate::asset::AllowedDomains;
use crate::restrict::RuleBook;

/// Everything that decides what an agent may see of a page. Shared by all sessions until the configuration changes.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Hosts whose assets the proxy may fetch.
    pub domains: AllowedDomains,
    /// `mask`, `block`, `hide`, `no-control`, `unmask` rules by page.
    pub rules: RuleBook,
    /// How much of the page's address an agent sees.
    pub page_url: PageUrl,
    /// Whether `data:` pictures of listed raster types pass.
    pub allow_data_images: bool,
    /// Whether sound and video of listed hosts are assets. Where they are not, their addresses are refused.
    pub allow_media: bool,
    /// Whether fetched assets may be kept until somebody asks for them. Where they may not, a URL whose fetch would tell
    /// what stands on a page is dropped.
    pub keeps_assets: bool,
    /// Whether the customer's browser may be asked for assets that only it can get. Then pictures that her page made itself
    /// (`blob:`) are assets, too.
    pub customer_uploads: bool,
    /// Prefix of every path that the server makes, without a slash at the end; often empty.
    pub base_path: String,
}

impl Policy {
    /// Whether an asset may come from this address. What a page made itself (`blob:`) is of the page's own origin.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        match url.scheme() {
            "blob" => self.customer_uploads && Url::parse(url.path()).is_ok_and(|page| self.domains.allows(&page)),
            _ => self.domains.allows(url),
        }
    }
}

/// How much of the page's address an agent sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageUrl {
    /// All of it, query and fragment included.
    Full,
    /// Origin and path.
    #[default]
    OriginPath,
    /// Nothing.
    Hidden,
}
