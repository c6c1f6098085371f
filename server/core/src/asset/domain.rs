//! Lists of hosts: which the proxy may fetch from (`[http-proxy] allowed-external-domains`), and which it asks itself
//! (`[forward-proxy] no-proxy`).

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use url::{Host, Url};

/// Why an entry was refused at start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// Not a host name, or `*.` anywhere but at the front.
    #[error("{0:?} is not a host name; write \"cdn.example.com\" or \"*.example.com\"")]
    Malformed(String),
    /// A scheme that the proxy cannot speak.
    #[error("{0:?} is not a scheme of the proxy; write \"https\" or \"http\"")]
    Scheme(String),
}

/// Hosts by name, from an operator's list. Empty names none.
///
/// Names are compared as the WHATWG URL parser writes them (lower case, IDNA as `xn--`, IP addresses in their one
/// spelling), whole label by whole label; one trailing dot makes no difference, here or in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostList {
    exact: Hosts,
    /// By what follows the first label.
    one_label: Hosts,
}

/// The names are the operator's, so a fixed hasher cannot be attacked.
type Hosts = HashMap<Box<str>, Ports, FixedState>;

/// Which ports count for one entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Ports {
    /// The entry stands once without a port.
    listed: bool,
    /// Ports that the entry itself carries.
    own: Vec<u16>,
}

impl HostList {
    /// Parses the operator's list.
    ///
    /// A host is `cdn.example.com`, `*.example.com` (exactly one label more, never `example.com` itself), an IP
    /// address (IPv6 in brackets), or one of these with a port: `localhost:8445`.
    pub fn parse(hosts: &[String]) -> Result<Self, DomainError> {
        let mut list = Self::default();
        for entry in hosts {
            list.add(entry).ok_or_else(|| DomainError::Malformed(entry.clone()))?;
        }
        Ok(list)
    }

    /// Whether the URL's host is listed: with an entry's own port if that has one, else with any.
    #[must_use]
    pub fn contains(&self, url: &Url) -> bool {
        self.names(url, |_| true)
    }

    /// Whether the URL's host is listed; `is_common` judges the port where the entry has none of its own.
    fn names(&self, url: &Url, is_common: impl Fn(u16) -> bool) -> bool {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return false;
        };
        let named = |entry: Option<&Ports>| {
            entry.is_some_and(|entry| entry.own.contains(&port) || (entry.listed && is_common(port)))
        };
        match host {
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                named(self.exact.get(name)) || named(parent(name).and_then(|parent| self.one_label.get(parent)))
            }
            Host::Ipv4(_) | Host::Ipv6(_) => url.host_str().is_some_and(|text| named(self.exact.get(text))),
        }
    }

    fn add(&mut self, entry: &str) -> Option<()> {
        let (name, wild) = match entry.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (entry, false),
        };
        let (name, port) = split_port(name)?;
        // The parser would decode percent signs; nobody writes a host like that on purpose.
        let host = Host::parse(name).ok().filter(|_| !name.contains('%'))?;
        if let Host::Domain(domain) = &host
            && !is_plain_name(domain.strip_suffix('.').unwrap_or(domain))
        {
            return None;
        }
        if wild && !matches!(host, Host::Domain(_)) {
            return None;
        }
        let text = host.to_string();
        let key = text.strip_suffix('.').unwrap_or(&text);
        let entry = if wild { &mut self.one_label } else { &mut self.exact }.entry_ref(key).or_default();
        match port {
            Some(port) => entry.own.push(port),
            None => entry.listed = true,
        }
        Some(())
    }
}

/// What the proxy may fetch from: hosts, and the ports and schemes that count for all of them. Empty allows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedDomains {
    hosts: HostList,
    ports: Vec<u16>,
    schemes: Vec<Box<str>>,
}

impl AllowedDomains {
    /// Parses the operator's lists: `hosts` as [`HostList::parse`] does. For an entry with a port `ports` does not
    /// count. `schemes` are `https` and `http`.
    pub fn parse(hosts: &[String], ports: &[u16], schemes: &[String]) -> Result<Self, DomainError> {
        let mut known = Vec::new();
        for scheme in schemes {
            match scheme.as_str() {
                "https" | "http" => known.push(scheme.as_str().into()),
                _ => return Err(DomainError::Scheme(scheme.clone())),
            }
        }
        Ok(Self { hosts: HostList::parse(hosts)?, ports: ports.to_vec(), schemes: known })
    }

    /// Whether the proxy may fetch from the URL's scheme, host and port.
    ///
    /// The caller connects to the host and port of this same parsed value; nothing is parsed twice.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        self.schemes.iter().any(|scheme| **scheme == *url.scheme())
            && self.hosts.names(url, |port| self.ports.contains(&port))
    }
}

/// `example.com` of `img.example.com`, if there is a first label.
fn parent(name: &str) -> Option<&str> {
    name.split_once('.').filter(|(label, _)| !label.is_empty()).map(|(_, parent)| parent)
}

/// Splits `host:port`; a colon inside an IPv6 address in brackets is none.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let after_brackets = text.rfind(']').map_or(0, |at| at + 1);
    match text.get(after_brackets..)?.rfind(':') {
        None => Some((text, None)),
        Some(at) => {
            let (host, port) = text.split_at(after_brackets + at);
            let port: u16 = port.get(1..)?.parse().ok()?;
            (port > 0).then_some((host, Some(port)))
        }
    }
}

/// What the URL parser tolerates in a host is more than a name of the DNS: `*`, empty labels, percent signs.
fn is_plain_name(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

#[cfg(test)]
mod tests;
