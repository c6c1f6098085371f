//! `[http-proxy]` and `[http-security]`: what is fetched for agents, and the headers of every answer.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use vitrine_core::asset::{AllowedDomains, HostList};

use super::origin::OriginPattern;
use super::reader::Reader;
use super::value::Size;

/// `[http-proxy]`.
#[derive(Debug, Clone)]
pub struct HttpProxy {
    /// Hosts, ports and schemes that are fetched from.
    pub domains: AllowedDomains,
    /// Special addresses that may be connected to all the same.
    pub allow_private_addresses: Vec<IpNet>,
    /// Authorities believed besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether the customer's browser may be asked for what cannot be fetched from here.
    pub customer_upload: bool,
    /// Whether sound and video are fetched, too.
    pub media: bool,
    /// One asset, after decompression.
    pub max_size_bytes: usize,
    /// One asset, from the first connection to the last byte.
    pub timeout: Duration,
    /// Memory for fetched assets.
    pub cache_size_bytes: usize,
    /// How long one is kept.
    pub cache_ttl: Duration,
}

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<HttpProxy> {
    let proxy = HttpProxy {
        domains: domains(&mut section)?,
        allow_private_addresses: section.value("allow-private-addresses")?,
        ca_file: section.optional("ca-file"),
        customer_upload: section.value("customer-upload")?,
        media: section.value("media")?,
        max_size_bytes: section.value::<Size>("max-size")?.0,
        timeout: section.span("timeout")?,
        cache_size_bytes: section.value::<Size>("cache-size")?.0,
        cache_ttl: section.value("cache-ttl")?,
    };
    if let Some(path) = proxy.ca_file.as_ref().filter(|path| !path.is_file()) {
        section.complain("ca-file", format!("there is no file {}", path.display()), None);
    }
    for (index, range) in proxy.allow_private_addresses.iter().enumerate() {
        if let IpNet::V6(v6) = range
            && let Some(v4) = v6.network().to_ipv4_mapped()
        {
            let bits = v6.prefix_len().saturating_sub(96);
            let what = format!("an IPv4 address is written as one: \"{v4}/{bits}\"");
            section.complain_item("allow-private-addresses", index, what, None);
        }
    }
    Some(proxy)
}

fn domains(section: &mut Reader<'_, '_>) -> Option<AllowedDomains> {
    let hosts: Vec<String> = section.value("allowed-external-domains")?;
    let ports: Vec<u16> = section.value("allowed-ports")?;
    let mut schemes: Vec<String> = section.value("allowed-schemes")?;
    let is_known = |scheme: &str| matches!(scheme, "http" | "https");
    for (index, scheme) in schemes.iter().enumerate().filter(|(_, scheme)| !is_known(scheme)) {
        let what = format!("{scheme:?} is neither \"https\" nor \"http\"");
        section.complain_item("allowed-schemes", index, what, None);
    }
    schemes.retain(|scheme| is_known(scheme));
    for (index, _) in ports.iter().enumerate().filter(|(_, port)| **port == 0) {
        section.complain_item("allowed-ports", index, "0 is no port", None);
    }
    let hosts = good_hosts(section, "allowed-external-domains", hosts);
    AllowedDomains::parse(&hosts, &ports, &schemes).ok()
}

/// The hosts of a list that are written well; each of the others is told with its place.
pub(super) fn good_hosts(section: &mut Reader<'_, '_>, key: &'static str, hosts: Vec<String>) -> Vec<String> {
    let mut good = Vec::new();
    for (index, host) in hosts.into_iter().enumerate() {
        match HostList::parse(std::slice::from_ref(&host)) {
            Ok(_) => good.push(host),
            Err(error) => section.complain_item(key, index, error.to_string(), None),
        }
    }
    good
}

/// `[http-security]`.
#[derive(Debug, Clone)]
pub struct HttpSecurity {
    /// Whether assets are never cached.
    pub disable_caching: bool,
    /// The header's value; empty for none.
    pub strict_transport_security: String,
    /// Pages that may frame the agent's page.
    pub frame_ancestors: Vec<OriginPattern>,
}

pub(super) fn read_security(mut section: Reader<'_, '_>) -> Option<HttpSecurity> {
    let security = HttpSecurity {
        disable_caching: section.value("disable-caching")?,
        strict_transport_security: section.value("strict-transport-security")?,
        frame_ancestors: section.value("frame-ancestors")?,
    };
    if !security.strict_transport_security.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        section.complain("strict-transport-security", "a header's value is plain ASCII text", None);
    }
    Some(security)
}
