//! Which addresses are connected to. The address that was judged is the one that is connected to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};
use vitrine_core::asset::AllowedDomains;

use super::Refusal;
use super::names::Names;
use super::special::{hidden, is_public};

/// Judges URLs and addresses.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    domains: Arc<ArcSwap<AllowedDomains>>,
    private: Arc<[IpNet]>,
    names: Arc<dyn Names>,
}

/// None of a name's addresses may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the address is not allowed")]
pub(super) struct AddressNotAllowed;

impl Guard {
    pub(super) fn new(domains: &AllowedDomains, private: &[IpNet], names: Arc<dyn Names>) -> Self {
        Self { domains: Arc::new(ArcSwap::from_pointee(domains.clone())), private: private.into(), names }
    }

    /// Permits these hosts from now on, and no others. Whether they are others than before.
    pub(super) fn permit(&self, domains: &AllowedDomains) -> bool {
        let before = self.domains.swap(Arc::new(domains.clone()));
        *before != *domains
    }

    /// Judges a URL before anything is done with it, at the beginning and after each redirect.
    ///
    /// A host that is an address is judged here: the client asks no resolver for it. The URL parser has already turned
    /// every spelling of an address (`0x7f.1`, `2130706433`, `[::ffff:7f00:1]`) into one.
    pub(super) fn judge(&self, url: &Url) -> Result<(), Refusal> {
        if !self.domains.load().allows(url) || !url.username().is_empty() || url.password().is_some() {
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

    /// Judges every address of a URL's host, for somebody else who will connect to one of them.
    pub(super) async fn judge_addresses(&self, url: &Url) -> Result<(), Refusal> {
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let found = self.names.addresses(name.to_owned()).await.map_err(|_| Refusal::Unreachable)?;
        match found.iter().all(|address| self.permits(*address)) {
            _ if found.is_empty() => Err(Refusal::Unreachable),
            true => Ok(()),
            false => Err(Refusal::AddressNotAllowed),
        }
    }

    /// Where an IPv4 address hides in one of IPv6, both must be permitted.
    fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let permitted = |address| is_public(address) || self.private.iter().any(|range| range.contains(&address));
        permitted(address)
            && match address {
                IpAddr::V4(_) => true,
                IpAddr::V6(v6) => hidden(v6).all(|v4| permitted(IpAddr::V4(v4))),
            }
    }
}

/// The only resolver of the client that connects to websites. Addresses that are not permitted are left out, so that a
/// name which also has private ones is reached by its others; what is left is what the client connects to.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let mut found = guard.names.addresses(name.as_str().to_owned()).await?;
            found.retain(|address| guard.permits(*address));
            if found.is_empty() {
                return Err(AddressNotAllowed.into());
            }
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// The resolver of the client that connects to the forward proxy and nowhere else: the operator named that.
#[derive(Debug)]
pub(super) struct Unjudged(pub(super) Arc<dyn Names>);

impl Resolve for Unjudged {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.addresses(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::IpAddr;
    use std::sync::Arc;

    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use reqwest::dns::Resolve;
    use url::Url;
    use vitrine_core::asset::AllowedDomains;

    use super::{Guard, Names, Refusal};

    /// The name `1.1.1.1,10.0.0.1.example` has these two addresses.
    #[derive(Debug)]
    struct Spelled;

    impl Names for Spelled {
        fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let list = name.trim_end_matches(".example").split(',').filter(|part| !part.is_empty());
            let addresses = list.map(|part| part.parse().unwrap()).collect();
            async { Ok(addresses) }.boxed()
        }
    }

    fn guard(private: &[&str]) -> Guard {
        let hosts = ["ok.example", "127.0.0.1", "[::1]", "169.254.169.254", "1.1.1.1", "[::ffff:127.0.0.1]"];
        let hosts = hosts.map(str::to_owned);
        let schemes = ["http", "https"].map(str::to_owned);
        let private: Vec<_> = private.iter().map(|range| range.parse().unwrap()).collect();
        Guard::new(&AllowedDomains::parse(&hosts, &[80, 443], &schemes).unwrap(), &private, Arc::new(Spelled))
    }

    #[test]
    fn addresses_are_judged_in_every_spelling_even_when_listed() {
        let guard = guard(&[]);
        for (url, judged) in [
            ("https://ok.example/a.png", Ok(())),
            ("https://ok.example./a.png", Ok(())),
            ("https://1.1.1.1/", Ok(())),
            ("https://127.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("https://127.0.0.1./", Err(Refusal::AddressNotAllowed)),
            ("http://127.1/", Err(Refusal::AddressNotAllowed)),
            ("http://0x7f.1/", Err(Refusal::AddressNotAllowed)),
            ("http://0x7f.1./", Err(Refusal::AddressNotAllowed)),
            ("http://2130706433/", Err(Refusal::AddressNotAllowed)),
            ("http://0177.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("http://%31%32%37.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("http://\u{2460}\u{2461}\u{2466}.0.0.1/", Err(Refusal::AddressNotAllowed)),
            ("http://127\u{3002}0\u{3002}0\u{3002}1/", Err(Refusal::AddressNotAllowed)),
            ("http://[::1]/", Err(Refusal::AddressNotAllowed)),
            ("http://[0:0:0::0001]/", Err(Refusal::AddressNotAllowed)),
            ("http://[::ffff:127.0.0.1]/", Err(Refusal::AddressNotAllowed)),
            ("http://[::ffff:7f00:1]/", Err(Refusal::AddressNotAllowed)),
            ("http://169.254.169.254/latest/", Err(Refusal::AddressNotAllowed)),
            ("http://0xa9fea9fe/latest/", Err(Refusal::AddressNotAllowed)),
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

    #[test]
    fn a_listed_range_opens_no_address_that_hides_in_it() {
        for (address, listed, is_permitted) in [
            ("64:ff9b::1.1.1.1", &[][..], false),
            ("64:ff9b::1.1.1.1", &["64:ff9b::/96"], true),
            ("64:ff9b::10.0.0.1", &["64:ff9b::/96"], false),
            ("64:ff9b::10.0.0.1", &["64:ff9b::/96", "10.0.0.0/8"], true),
            ("2002:a00:1::1", &["2002::/16"], false),
            ("fd00::1", &["fd00::/8"], true),
            ("fd00::5efe:10.0.0.1", &["fd00::/8"], false),
            ("::1", &["::1/128"], true),
        ] {
            assert_eq!(guard(listed).permits(address.parse().unwrap()), is_permitted, "{address} {listed:?}");
        }
    }

    /// Who connects itself takes the permitted ones; who leaves it to a forward proxy wants all to be.
    #[test]
    fn all_addresses_of_a_name_are_judged() {
        let guard = guard(&[]);
        for (name, connected, judged) in [
            ("1.1.1.1.example", &["1.1.1.1"][..], Ok(())),
            (
                "1.1.1.1,10.0.0.1,::ffff:127.0.0.1,9.9.9.9.example",
                &["1.1.1.1", "9.9.9.9"],
                Err(Refusal::AddressNotAllowed),
            ),
            ("10.0.0.1.example", &[], Err(Refusal::AddressNotAllowed)),
            (".example", &[], Err(Refusal::Unreachable)),
        ] {
            let found = guard.resolve(name.parse().unwrap()).now_or_never().unwrap();
            let found: Vec<String> = found.into_iter().flatten().map(|address| address.ip().to_string()).collect();
            assert_eq!(found, connected, "{name}");
            if let Ok(url) = Url::parse(&format!("https://{name}/")) {
                assert_eq!(guard.judge_addresses(&url).now_or_never().unwrap(), judged, "{name}");
            }
        }
    }
}
