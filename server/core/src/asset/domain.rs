//! `[http-proxy] allowed-external-domains`: which hosts the proxy may fetch from.

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

/// The parsed allow-list. Empty allows nothing.
///
/// Names are compared as the WHATWG URL parser writes them (lower case, IDNA as `xn--`, IP addresses in their one
/// spelling), whole label by whole label; a trailing dot makes no difference.
#[derive(Debug, Clone, Default)]
pub struct AllowedDomains {
    exact: Hosts,
    /// By what follows the first label.
    one_label: Hosts,
    ports: Vec<u16>,
    schemes: Vec<Box<str>>,
}

/// The names are the operator's, so a fixed hasher cannot be attacked.
type Hosts = HashMap<Box<str>, Ports, FixedState>;

/// Which ports count for one entry.
#[derive(Debug, Clone, Default)]
struct Ports {
    /// The entry stands once without a port: the common list counts.
    listed: bool,
    /// Ports that the entry itself carries.
    own: Vec<u16>,
}

impl AllowedDomains {
    /// Parses the operator's lists.
    ///
    /// A host is `cdn.example.com`, `*.example.com` (exactly one label more, never `example.com` itself), an IP
    /// address (IPv6 in brackets), or one of these with a port: `localhost:8445`. With a port, `ports` does not count
    /// for that entry. `schemes` are `https` and `http`.
    pub fn parse(hosts: &[String], ports: &[u16], schemes: &[String]) -> Result<Self, DomainError> {
        let mut list = Self { ports: ports.to_vec(), ..Self::default() };
        for scheme in schemes {
            match scheme.as_str() {
                "https" | "http" => list.schemes.push(scheme.as_str().into()),
                _ => return Err(DomainError::Scheme(scheme.clone())),
            }
        }
        for entry in hosts {
            list.add(entry).ok_or_else(|| DomainError::Malformed(entry.clone()))?;
        }
        Ok(list)
    }

    /// Whether the proxy may fetch from the URL's scheme, host and port.
    ///
    /// The caller connects to the host and port of this same parsed value; nothing is parsed twice.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return false;
        };
        if !self.schemes.iter().any(|scheme| **scheme == *url.scheme()) {
            return false;
        }
        let allowed = |entry: Option<&Ports>| {
            entry.is_some_and(|entry| entry.own.contains(&port) || (entry.listed && self.ports.contains(&port)))
        };
        match host {
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                allowed(self.exact.get(name)) || allowed(parent(name).and_then(|parent| self.one_label.get(parent)))
            }
            Host::Ipv4(_) | Host::Ipv6(_) => url.host_str().is_some_and(|text| allowed(self.exact.get(text))),
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
