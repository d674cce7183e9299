//! The hosts that may be scanned: loopback, and nothing else.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// The most addresses of one scan: those of a `/16`.
pub const MOST_HOSTS: u32 = 1 << 16;

/// Loopback addresses, each once, in their order.
///
/// There is no way to another address: a name is refused since it may lead
/// anywhere, and so is a network that reaches beyond 127.0.0.0/8.
///
/// ```
/// use port_scan::Hosts;
///
/// let hosts: Hosts = "127.0.0.1,127.0.0.0/30,::1".parse()?;
/// assert_eq!(hosts.addresses().len(), 5);
/// let refused = "192.168.0.1".parse::<Hosts>().unwrap_err();
/// assert!(refused.to_string().starts_with("`192.168.0.1` is not on loopback"));
/// # Ok::<(), port_scan::HostError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hosts(Vec<IpAddr>);

/// Why hosts can't be scanned.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum HostError {
    /// It isn't an address, maybe a name.
    #[error(
        "`{0}` is no address; give addresses or networks such as `127.0.0.1` or `127.0.0.0/28`, since names may lead anywhere"
    )]
    NoAddress(String),
    /// It lies elsewhere, or reaches beyond.
    #[error(
        "`{0}` is not on loopback; to scan machines of others can be an attack, so only addresses within 127.0.0.0/8 and ::1 are scanned"
    )]
    NotLoopback(String),
    /// What follows the slash is no length of a prefix.
    #[error(
        "`{0}` has no valid prefix; it is a number of bits, at most 32 for IPv4 and 128 for IPv6"
    )]
    Prefix(String),
    /// They are more than [`MOST_HOSTS`].
    #[error("these are more than {MOST_HOSTS} addresses; scan a `/16` or less at a time")]
    TooMany,
}

impl Hosts {
    /// The addresses, of which there is at least one.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.0
    }
}

impl FromStr for Hosts {
    type Err = HostError;

    /// Reads addresses and networks, separated by commas.
    fn from_str(text: &str) -> Result<Self, HostError> {
        let mut hosts = BTreeSet::new();
        let mut room = MOST_HOSTS;
        for item in text.split(',').map(str::trim) {
            let network = Network::parse(item)?;
            // Before repeated ones are left out, so that a long list of the same
            // network is no work either.
            room = room.checked_sub(network.len()).ok_or(HostError::TooMany)?;
            network.extend(&mut hosts);
        }
        Ok(Self(hosts.into_iter().collect()))
    }
}

/// A network within loopback.
enum Network {
    V4 { first: u32, last: u32 },
    V6,
}

impl Network {
    fn parse(item: &str) -> Result<Self, HostError> {
        let (address, prefix) = match item.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (item, None),
        };
        let address = address
            .parse()
            .map_err(|_| HostError::NoAddress(item.to_owned()))?;
        let width = if matches!(address, IpAddr::V4(_)) {
            32
        } else {
            128
        };
        let prefix = prefix.map_or(Ok(width), str::parse::<u32>);
        let prefix = prefix.ok().filter(|prefix| *prefix <= width);
        let prefix = prefix.ok_or_else(|| HostError::Prefix(item.to_owned()))?;
        let network = match address {
            IpAddr::V4(address) => Self::v4(address, prefix),
            IpAddr::V6(address) => {
                (address == Ipv6Addr::LOCALHOST && prefix == width).then_some(Self::V6)
            }
        };
        network.ok_or_else(|| HostError::NotLoopback(item.to_owned()))
    }

    fn v4(address: Ipv4Addr, prefix: u32) -> Option<Self> {
        // Of no bits at all, the shift would be too far.
        let rest = u32::MAX.checked_shr(prefix).unwrap_or(0);
        let first = address.to_bits() & !rest;
        let last = first | rest;
        let is_loopback = |bits| Ipv4Addr::from_bits(bits).is_loopback();
        (is_loopback(first) && is_loopback(last)).then_some(Self::V4 { first, last })
    }

    fn len(&self) -> u32 {
        match self {
            // Loopback has 24 bits, so this can't overflow.
            Self::V4 { first, last } => last - first + 1,
            Self::V6 => 1,
        }
    }

    fn extend(&self, hosts: &mut BTreeSet<IpAddr>) {
        match self {
            Self::V4 { first, last } => {
                let bits = *first..=*last;
                hosts.extend(bits.map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))));
            }
            Self::V6 => hosts.extend([IpAddr::V6(Ipv6Addr::LOCALHOST)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Result<usize, HostError> {
        text.parse().map(|hosts: Hosts| hosts.addresses().len())
    }

    #[test]
    fn reads_addresses_and_networks_once_each() {
        assert_eq!(count("127.0.0.1"), Ok(1));
        assert_eq!(count("::1, ::1/128"), Ok(1));
        assert_eq!(count("127.0.0.5/28,127.0.0.15"), Ok(16));
        let hosts: Hosts = "127.0.0.5/30".parse().expect("it is on loopback");
        assert_eq!(hosts.addresses().first(), Some(&[127, 0, 0, 4].into()));
        assert_eq!(count("127.3.0.0/16"), Ok(65_536));
    }

    // Mutations: only the last address of a network is looked at; IPv6 is compared
    // without its prefix.
    #[test]
    fn refuses_all_that_is_or_reaches_elsewhere() {
        for elsewhere in [
            "10.0.0.1",
            "126.255.255.255",
            "128.0.0.0",
            "0.0.0.0",
            "0.0.0.0/0",
            "127.0.0.0/7",
            "126.0.0.0/7",
            "255.255.255.255",
            "127.0.0.1,8.8.8.8",
            "::",
            "::1/127",
            "::2",
            "::ffff:8.8.8.8",
            "fe80::1",
        ] {
            let refused = count(elsewhere);
            assert!(
                matches!(refused, Err(HostError::NotLoopback(_))),
                "{elsewhere}: {refused:?}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_address_or_prefix() {
        for name in [
            "localhost",
            "",
            "127.0.0.1,",
            "127.1",
            "127.0.0.1:80",
            "[::1]",
        ] {
            assert!(
                matches!(count(name), Err(HostError::NoAddress(_))),
                "{name}"
            );
        }
        for prefix in ["127.0.0.1/33", "127.0.0.1/", "127.0.0.1/-1", "::1/129"] {
            assert!(
                matches!(count(prefix), Err(HostError::Prefix(_))),
                "{prefix}"
            );
        }
    }

    // Mutation: what is left of the room isn't kept.
    #[test]
    fn refuses_more_than_there_may_be() {
        assert_eq!(count("127.0.0.0/8"), Err(HostError::TooMany));
        assert_eq!(count("127.0.0.0/16,::1"), Err(HostError::TooMany));
        let same = ["127.0.0.0/17"; 3].join(",");
        assert_eq!(count(&same), Err(HostError::TooMany));
    }
}
