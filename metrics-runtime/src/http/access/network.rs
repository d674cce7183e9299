//! Networks of addresses, and those that are near.

use super::AccessError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address or a network, such as `10.0.0.0/8`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    /// Its first address; never an IPv4 address in IPv6's form, if the prefix lets
    /// it be told.
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether this address, which must be canonical, is one of the network. An
    /// IPv6 network has no IPv4 addresses, not even `::/0`.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let mask = mask_of(self.prefix.into(), 32);
                (u128::from(u32::from(first) ^ u32::from(address)) & mask) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let mask = mask_of(self.prefix.into(), 128);
                ((u128::from(first) ^ u128::from(address)) & mask) == 0
            }
            _ => false,
        }
    }
}

/// The bits that `prefix` fixes in an address of `width` bits.
fn mask_of(prefix: u32, width: u32) -> u128 {
    let free = width.saturating_sub(prefix);
    let all = u128::MAX.checked_shr(128 - width).unwrap_or_default();
    all & u128::MAX.checked_shl(free).unwrap_or_default()
}

impl FromStr for Network {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, AccessError> {
        let error = |expected| AccessError::Network {
            text: text.to_owned(),
            expected,
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| {
            error(
                "write an IP address or a network, such as `192.0.2.1`, `10.0.0.0/8` or `fd00::/8`",
            )
        })?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => parse_prefix(prefix).filter(|prefix| *prefix <= width),
            None => Some(width),
        };
        let prefix =
            prefix.ok_or_else(|| error("a prefix is at most 32 bits of IPv4 and 128 of IPv6"))?;
        let network = match (address, address.to_canonical()) {
            // Peers are looked up in canonical form.
            (IpAddr::V6(_), first @ IpAddr::V4(_)) if prefix >= 96 => Self {
                first,
                prefix: prefix - 96,
            },
            _ => Self {
                first: address,
                prefix,
            },
        };
        // `10.1.2.3/8` may be meant for one address as well as for all of them.
        if network.has_host_bits() {
            return Err(error(
                "it has bits beyond its prefix; write the network's first address, or one \
                 address without a prefix",
            ));
        }
        Ok(network)
    }
}

impl Network {
    fn has_host_bits(self) -> bool {
        let (bits, width) = match self.first {
            IpAddr::V4(first) => (u128::from(u32::from(first)), 32),
            IpAddr::V6(first) => (u128::from(first), 128),
        };
        bits & !mask_of(self.prefix.into(), width) != 0
    }
}

/// Digits alone: `str::parse` takes a sign too.
fn parse_prefix(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether an address, in any form, is of this machine or of a private network:
/// loopback, RFC 1918, unique local (RFC 4193) and link-local ones.
pub(super) fn is_near(address: IpAddr) -> bool {
    let near_v4 = |v4: Ipv4Addr| v4.is_loopback() || v4.is_private() || v4.is_link_local();
    let near_v6 =
        |v6: Ipv6Addr| v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local();
    match address.to_canonical() {
        IpAddr::V4(v4) => near_v4(v4),
        IpAddr::V6(v6) => near_v6(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, is_near};
    use std::net::IpAddr;

    fn network(text: &str) -> Network {
        text.parse().expect("it is a network")
    }

    fn address(text: &str) -> IpAddr {
        let address: IpAddr = text.parse().expect("it is an address");
        address.to_canonical()
    }

    // S6. Mutations: a mask that is one bit longer or shorter; `contains` compares
    // IPv4 with IPv6 by their bits.
    #[test]
    fn a_network_has_its_first_and_last_address_and_no_other() {
        for (text, inside, outside) in [
            (
                "10.0.0.0/8",
                ["10.0.0.0", "10.255.255.255"],
                ["9.255.255.255", "11.0.0.0"],
            ),
            (
                "192.0.2.7",
                ["192.0.2.7", "::ffff:192.0.2.7"],
                ["192.0.2.6", "192.0.2.8"],
            ),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "::1"]),
            ("::/0", ["::", "ffff::"], ["1.2.3.4", "::ffff:1.2.3.4"]),
            ("fd00::/9", ["fd00::", "fd7f:ffff::"], ["fd80::", "fcff::"]),
            (
                "2001:db8::1/128",
                ["2001:db8::1", "2001:db8:0::1"],
                ["2001:db8::", "2001:db8::2"],
            ),
            (
                "::ffff:10.0.0.0/104",
                ["10.0.0.1", "::ffff:10.9.9.9"],
                ["11.0.0.0", "::a00:1"],
            ),
            (
                "192.0.2.6/31",
                ["192.0.2.6", "192.0.2.7"],
                ["192.0.2.5", "192.0.2.8"],
            ),
        ] {
            let network = network(text);
            for inside in inside {
                assert!(network.contains(address(inside)), "{inside} in {text}");
            }
            for outside in outside {
                assert!(!network.contains(address(outside)), "{outside} in {text}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in [
            "",
            " ",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "/8",
            "10.0.0/8",
            "010.0.0.0/8",
            "10.0.0.0/8/8",
            "localhost",
            "10.0.0.1/8",
            "fd00::1/8",
            " 10.0.0.0/8",
            "10.0.0.0/8 ",
            "10.0.0.0/1000",
            "::ffff:10.0.0.1/104",
            "[::1]",
            "*",
        ] {
            let error = text.parse::<Network>().expect_err(text).to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }

    // Mutation: addresses aren't made canonical first.
    #[test]
    fn loopback_and_private_networks_are_near() {
        for near in [
            "127.0.0.1",
            "127.255.255.254",
            "::1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.1.1",
            "fe80::1",
            "febf::1",
            "fc00::1",
            "fdff::1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.1.1",
        ] {
            assert!(is_near(near.parse().expect("an address")), "{near}");
        }
        for far in [
            "0.0.0.0",
            "8.8.8.8",
            "11.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.169.0.1",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::2",
            "2001:db8::1",
            "fec0::1",
            "fbff::1",
            "fe00::1",
            "ff02::1",
            "::ffff:8.8.8.8",
            "::7f00:1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_near(far.parse().expect("an address")), "{far}");
        }
    }
}
