//! Which addresses are connected to. The address that was judged is the one that is connected to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};
use vitrine_core::asset::AllowedDomains;

use super::Refusal;
use super::special::is_public;

/// Judges URLs and addresses.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    domains: AllowedDomains,
    private: Arc<[IpNet]>,
}

/// None of a name's addresses may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the address is not allowed")]
pub(super) struct AddressNotAllowed;

impl Guard {
    pub(super) fn new(domains: AllowedDomains, private: &[IpNet]) -> Self {
        Self { domains, private: private.into() }
    }

    /// Judges a URL before anything is done with it, at the beginning and after each redirect.
    ///
    /// A host that is an address is judged here: the client asks no resolver for it. The URL parser has already turned
    /// every spelling of an address (`0x7f.1`, `2130706433`, `[::ffff:7f00:1]`) into one.
    pub(super) fn judge(&self, url: &Url) -> Result<(), Refusal> {
        if !self.domains.allows(url) || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::HostNotAllowed);
        }
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Refusal::HostNotAllowed),
        };
        if self.permits(address) { Ok(()) } else { Err(Refusal::AddressNotAllowed) }
    }

    fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.private.iter().any(|range| range.contains(&address))
    }
}

/// The client's only resolver: it gives the client no address that is not permitted.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found.filter(|address| guard.permits(address.ip())).collect();
            if permitted.is_empty() {
                return Err(AddressNotAllowed.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use url::Url;
    use vitrine_core::asset::AllowedDomains;

    use super::{Guard, Refusal};

    fn guard(private: &[&str]) -> Guard {
        let hosts = ["ok.example", "127.0.0.1", "[::1]", "169.254.169.254", "1.1.1.1", "[::ffff:127.0.0.1]"];
        let hosts = hosts.map(str::to_owned);
        let schemes = ["http", "https"].map(str::to_owned);
        let private: Vec<_> = private.iter().map(|range| range.parse().unwrap()).collect();
        Guard::new(AllowedDomains::parse(&hosts, &[80, 443], &schemes).unwrap(), &private)
    }

    #[test]
    fn addresses_are_judged_in_every_spelling_even_when_listed() {
        let guard = guard(&[]);
        for (url, judged) in [
            ("https://ok.example/a.png", Ok(())),
            ("https://1.1.1.1/", Ok(())),
            ("https://127.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("http://127.1/", Err(Refusal::AddressNotAllowed)),
            ("http://0x7f.1/", Err(Refusal::AddressNotAllowed)),
            ("http://2130706433/", Err(Refusal::AddressNotAllowed)),
            ("http://0177.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("http://[::1]/", Err(Refusal::AddressNotAllowed)),
            ("http://[::ffff:127.0.0.1]/", Err(Refusal::AddressNotAllowed)),
            ("http://169.254.169.254/latest/", Err(Refusal::AddressNotAllowed)),
            ("https://other.example/", Err(Refusal::HostNotAllowed)),
            ("https://ok.example:8443/", Err(Refusal::HostNotAllowed)),
            ("https://user@ok.example/", Err(Refusal::HostNotAllowed)),
            ("ftp://ok.example/", Err(Refusal::HostNotAllowed)),
            ("file:///etc/passwd", Err(Refusal::HostNotAllowed)),
        ] {
            assert_eq!(guard.judge(&Url::parse(url).unwrap()), judged, "{url}");
        }
    }

    #[test]
    fn listed_ranges_are_let_through() {
        let guard = guard(&["127.0.0.0/8"]);
        assert_eq!(guard.judge(&Url::parse("http://127.0.0.1/").unwrap()), Ok(()));
        assert_eq!(guard.judge(&Url::parse("http://[::ffff:127.0.0.1]/").unwrap()), Ok(()));
        assert_eq!(guard.judge(&Url::parse("http://[::1]/").unwrap()), Err(Refusal::AddressNotAllowed));
    }
}
