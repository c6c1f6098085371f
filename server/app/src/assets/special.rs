//! Addresses that no public website has: every special-use range of IPv4 and IPv6 (IANA's registries), and the ranges of
//! IPv6 in whose addresses an IPv4 address hides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::IpNet;

/// Ranges of IPv4 that are not of the public internet.
const SPECIAL_V4: [(&str, &str); 19] = [
    ("0.0.0.0/8", "this network, the unspecified address"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carriers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "a cloud's host agent, public by its number alone"),
    ("169.254.0.0/16", "link-local, cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments, cloud metadata"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "relays of 6to4"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
];

/// The only range of IPv6 from which public addresses are given out. All else is special: the ranges of
/// [`SPECIAL_V6`], and what is reserved.
const GLOBAL_V6: &str = "2000::/3";

/// Ranges of IPv6 that are not of the public internet, within [`GLOBAL_V6`] and, for those who read, outside of it.
const SPECIAL_V6: [(&str, &str); 26] = [
    ("::/128", "the unspecified address"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64 of one network"),
    ("100::/64", "discarded"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/23", "protocol assignments, all of it"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:3::/32", "AMT"),
    ("2001:4:112::/48", "AS112"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHIDv2"),
    ("2001:30::/28", "identifiers of drones"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

/// Where an IPv4 address hides in one of IPv6: the range, how many bits stand before it, and whether its bits are
/// turned round. Whoever gets such a packet may send it on to that address.
const HIDING: [(&str, u8, bool); 8] = [
    ("::/96", 96, false),
    ("::ffff:0:0/96", 96, false),
    ("::ffff:0:0:0/96", 96, false),
    ("64:ff9b::/96", 96, false),
    ("64:ff9b:1::/48", 96, false),
    ("2002::/16", 16, false),
    ("2001::/32", 32, false),
    ("2001::/32", 96, true),
];

static GLOBAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| parse([GLOBAL_V6]));
static SPECIAL: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| parse(SPECIAL_V4.iter().chain(&SPECIAL_V6).map(|(range, _)| *range)));
static HIDING_RANGES: LazyLock<Vec<IpNet>> = LazyLock::new(|| parse(HIDING.map(|(range, ..)| range)));

fn parse<'r>(ranges: impl IntoIterator<Item = &'r str>) -> Vec<IpNet> {
    ranges.into_iter().filter_map(|range| range.parse().ok()).collect()
}

/// Whether an address is of the public internet. A mapped IPv4 address is judged as what it is.
pub(super) fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let is_given_out = address.is_ipv4() || GLOBAL.iter().any(|range| range.contains(&address));
    is_given_out && !is_isatap(address) && !SPECIAL.iter().any(|range| range.contains(&address))
}

/// The IPv4 addresses to which a packet for this one may be sent on.
pub(super) fn hidden(address: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    // Two of the range `::/96` that only look as if.
    let is_itself = address.is_loopback() || address.is_unspecified();
    let ranges = HIDING.iter().zip(HIDING_RANGES.iter());
    let found = ranges.filter(move |(_, range)| !is_itself && range.contains(&IpAddr::V6(address)));
    let by_range = found.map(move |((_, before, turned), _)| {
        let bits = (address.to_bits() >> (96 - u32::from(*before))) as u32;
        Ipv4Addr::from_bits(if *turned { !bits } else { bits })
    });
    let last = Ipv4Addr::from_bits(address.to_bits() as u32);
    by_range.chain(is_isatap(IpAddr::V6(address)).then_some(last))
}

/// ISATAP hides an IPv4 address in the lower half of any prefix.
fn is_isatap(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if matches!(v6.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _]))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use ipnet::IpNet;

    use super::{GLOBAL, HIDING, HIDING_RANGES, SPECIAL, SPECIAL_V4, SPECIAL_V6, hidden, is_public};

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(SPECIAL.len(), SPECIAL_V4.len() + SPECIAL_V6.len());
        assert_eq!((GLOBAL.len(), HIDING_RANGES.len()), (1, HIDING.len()));
    }

    #[test]
    fn each_range_is_special_to_its_edges() {
        for (range, _) in SPECIAL_V4.iter().chain(&SPECIAL_V6) {
            let range: IpNet = range.parse().unwrap();
            let mapped = |address: IpAddr| match address {
                IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
                IpAddr::V6(_) => address,
            };
            for address in [range.network(), range.broadcast()] {
                // Mapped addresses are what they hide.
                let is_mapped = address.is_ipv6() && address.to_canonical().is_ipv4();
                assert!(is_mapped || !is_public(address), "{address} of {range}");
                assert!(is_mapped || !is_public(mapped(address)), "{address} of {range}, mapped");
            }
        }
    }

    #[test]
    fn what_stands_beside_the_ranges_is_public() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn what_nobody_was_given_is_special() {
        for special in ["255.255.255.255", "1::1", "200::1", "1fff::1", "4000::1", "8000::1", "fe00::1"] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }

    #[test]
    fn hidden_addresses_are_found() {
        for (address, found) in [
            ("::127.0.0.1", &["127.0.0.1"][..]),
            ("::ffff:127.0.0.1", &["127.0.0.1"]),
            ("::ffff:0:10.0.0.1", &["10.0.0.1"]),
            ("64:ff9b::a9fe:a9fe", &["169.254.169.254"]),
            ("64:ff9b:1:2:3:4:7f00:1", &["127.0.0.1"]),
            ("2002:7f00:1::9", &["127.0.0.1"]),
            ("2001:0:101:101:0:0:80ff:fffe", &["1.1.1.1", "127.0.0.1"]),
            ("2606:4700::5efe:7f00:1", &["127.0.0.1"]),
            ("2606:4700:0:0:200:5efe:a00:1", &["10.0.0.1"]),
            ("2606:4700::1111", &[]),
            ("::", &[]),
            ("::1", &[]),
        ] {
            let hidden: Vec<String> = hidden(address.parse().unwrap()).map(|v4| v4.to_string()).collect();
            assert_eq!(hidden, found, "{address}");
            let is_mapped = address.starts_with("::ffff:127");
            assert!(found.is_empty() || is_mapped || !is_public(address.parse().unwrap()), "{address}");
        }
    }
}
