//! Policies, keys and bounds for the targets: small, so that a short input reaches every limit.

use std::sync::{Arc, LazyLock};

use url::Url;
use vitrine_core::asset::{AllowedDomains, AssetKey, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_core::limits::Limits;
use vitrine_core::policy::{PageUrl, Policy};
use vitrine_core::restrict::{RestrictionInput, RuleBook, RuleSetInput};

/// The prefix of sealed paths.
pub const BASE_PATH: &str = "/base";

/// What no output may hold: it stands only where a rule masks, blocks or hides.
pub const SECRET: &str = "SECRET";

/// The key of all sealed paths here.
pub fn key() -> AssetKey {
    AssetKey { id: 7, secret: [7; 32] }
}

/// The session of all sealed paths here.
pub fn session() -> SessionId {
    SessionId::new("s-1").expect("a session id")
}

/// Seals for [`session`] with [`key`].
pub fn sealer() -> Sealer {
    Sealer::new(&key(), session(), BASE_PATH)
}

/// The page that everything is said to come from.
pub fn page_url() -> Url {
    Url::parse("https://shop.example/dir/page?q=1").expect("an address")
}

/// Hosts whose assets may be fetched; nothing else may be.
pub fn domains() -> AllowedDomains {
    let hosts = ["shop.example".to_owned(), "*.img.example".to_owned()];
    AllowedDomains::parse(&hosts, &[443], &["https".to_owned()]).expect("host names")
}

/// Rules by class: `.m` masks, `.b` blocks, `.h` hides, and some that depend on siblings, children and what may be secret.
pub fn rules(private_by_default: bool) -> RuleBook {
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let set = RuleSetInput {
        mask: list(&[".m", "#i + p", "p:has(> .x)", "[title] > [alt^='S']"]),
        block: list(&[".b"]),
        hide: list(&[".h", "span:empty + .y", "[aria-label*='T 1' i] ~ b", "[value$='2'] > i"]),
        no_control: list(&["#pay"]),
        unmask: list(&[".u"]),
        pages: Vec::new(),
    };
    let patterns = list(&["payment-card", "iban", "email", "phone"]);
    RuleBook::parse(&RestrictionInput { private_by_default, patterns, rule_sets: vec![set] }).expect("rules")
}

/// [`policy`] of [`rules`] for [`domains`], made once.
pub fn shared_policy(private_by_default: bool) -> Arc<Policy> {
    static POLICIES: LazyLock<[Arc<Policy>; 2]> =
        LazyLock::new(|| [false, true].map(|is_private| Arc::new(policy(rules(is_private), domains()))));
    POLICIES[usize::from(private_by_default)].clone()
}

/// A policy of these rules.
pub fn policy(rules: RuleBook, domains: AllowedDomains) -> Policy {
    let page_url = PageUrl::OriginPath;
    Policy {
        domains,
        rules,
        page_url,
        allow_data_images: true,
        allow_media: true,
        keeps_assets: true,
        customer_uploads: false,
        base_path: BASE_PATH.to_owned(),
    }
}

/// Bounds that a few hundred bytes of input can reach.
pub fn limits() -> Limits {
    Limits {
        frame_bytes: 64 << 10,
        agent_frame_bytes: 1 << 10,
        events_per_frame: 64,
        nodes: 200,
        depth: 24,
        attributes_per_element: 12,
        text_bytes: 2 << 10,
        mirror_bytes: 48 << 10,
        url_bytes: 1 << 10,
        rules_per_sheet: 40,
        sheet_bytes: 16 << 10,
        work_bytes: 256 << 10,
        adopted_sheets: 8,
        fonts: 4,
        canvas_bytes: 1 << 10,
        pointer_positions: 16,
        instances: 3,
        sticky_ids: 400,
        html_bytes: 16 << 10,
        agents: 3,
        ..Limits::default()
    }
}

/// [`limits`], shared.
pub fn shared_limits() -> Arc<Limits> {
    Arc::new(limits())
}
