//! Addresses that no public website has: every special-use range of IPv4 and IPv6 (IANA's registries).

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::{IpNet, Ipv6Net};

/// IPv4 ranges that are not of the public internet.
const SPECIAL_V4: [&str; 19] = [
    "0.0.0.0/8",        // this network, the unspecified address
    "10.0.0.0/8",       // private
    "100.64.0.0/10",    // shared by carriers
    "127.0.0.0/8",      // loopback
    "169.254.0.0/16",   // link-local, cloud metadata
    "172.16.0.0/12",    // private
    "192.0.0.0/24",     // protocol assignments
    "192.0.2.0/24",     // documentation
    "192.31.196.0/24",  // AS112
    "192.52.193.0/24",  // AMT
    "192.88.99.0/24",   // relays of 6to4
    "192.168.0.0/16",   // private
    "192.175.48.0/24",  // AS112
    "198.18.0.0/15",    // benchmarking
    "198.51.100.0/24",  // documentation
    "203.0.113.0/24",   // documentation
    "224.0.0.0/4",      // multicast
    "240.0.0.0/4",      // reserved, broadcast
    "168.63.129.16/32", // a cloud's host agent, public only by its number
];

/// The only IPv6 range in which public addresses are; all else (loopback, mapped, NAT64, unique local, link-local,
/// multicast, discard, …) is special.
const GLOBAL_V6: &str = "2000::/3";

/// And what is special within it.
const SPECIAL_V6: [&str; 6] = [
    "2001::/23",         // protocol assignments, Teredo, ORCHID, benchmarking
    "2001:db8::/32",     // documentation
    "2002::/16",         // 6to4: an IPv4 address in disguise
    "2620:4f:8000::/48", // AS112
    "3fff::/20",         // documentation
    "2001:20::/28",      // ORCHIDv2
];

static SPECIAL: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| SPECIAL_V4.iter().chain(&SPECIAL_V6).filter_map(|range| range.parse().ok()).collect());
static GLOBAL: LazyLock<Option<Ipv6Net>> = LazyLock::new(|| GLOBAL_V6.parse().ok());

/// Whether an address is of the public internet. An IPv4 address in IPv6 clothing is judged as what it is.
pub(super) fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let is_in_global = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(v6) => GLOBAL.is_some_and(|global| global.contains(&v6)),
    };
    is_in_global && !SPECIAL.iter().any(|range| range.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::{SPECIAL, SPECIAL_V4, SPECIAL_V6, is_public};

    #[test]
    fn the_table_is_read_whole() {
        assert_eq!(SPECIAL.len(), SPECIAL_V4.len() + SPECIAL_V6.len());
    }

    #[test]
    fn only_public_addresses_are_public() {
        for public in ["1.1.1.1", "93.184.216.34", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
            "4000::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }
}
