//! Whose request it is: the connection's other end, or whom a trusted proxy names.

use super::network::Network;
use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

pub(super) static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The canonical address.
    Known(IpAddr),
    /// A trusted proxy of this address doesn't say so in a way that can be read.
    Obscured(IpAddr),
    /// The server doesn't say who is at the other end.
    Unknown,
}

impl Client {
    /// No header counts unless the connection comes from one of `proxies`, which
    /// must then name its own client in `X-Forwarded-For`. `Forwarded`, `X-Real-IP`
    /// and the like never count.
    pub(super) fn of(headers: &HeaderMap, extensions: &Extensions, proxies: &[Network]) -> Self {
        let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Self::Unknown;
        };
        let peer = peer.ip().to_canonical();
        let is_proxy = |address| proxies.iter().any(|proxy| proxy.contains(address));
        if !is_proxy(peer) {
            return Self::Known(peer);
        }
        let mut client = peer;
        // Each proxy appends whom it was asked by, to the last header or in a new one:
        // the entries that ours have written are at the right, and what stands left
        // of the first address that isn't a proxy's may be anybody's.
        for line in headers.get_all(&FORWARDED_FOR).iter().rev() {
            for entry in line.as_bytes().rsplit(|byte| *byte == b',') {
                let Some(address) = parse(entry) else {
                    return Self::Obscured(peer);
                };
                if !is_proxy(address) {
                    return Self::Known(address);
                }
                client = address;
            }
        }
        // A proxy asks on its own behalf.
        Self::Known(client)
    }

    /// Whether the server says who is at the other end.
    pub(super) fn is_told(extensions: &Extensions) -> bool {
        extensions.get::<ConnectInfo<SocketAddr>>().is_some()
    }

    /// Whom failures are counted for.
    pub(super) const fn address(self) -> Option<IpAddr> {
        match self {
            Self::Known(address) | Self::Obscured(address) => Some(address),
            Self::Unknown => None,
        }
    }
}

/// An address, with or without a port, in spaces.
pub(super) fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let text = text.trim_matches([' ', '\t']);
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text
        .parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))
        .or_else(|| bracketed().map(IpAddr::V6));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::Client;
    use crate::http::access::network::Network;
    use axum::extract::ConnectInfo;
    use http::{Extensions, HeaderMap, HeaderName, HeaderValue};
    use std::net::{IpAddr, SocketAddr};

    fn client(peer: &str, lines: &[&str]) -> Client {
        let proxies = ["10.0.0.0/24", "2001:db8:1::/48"];
        let proxies = proxies.map(|proxy| proxy.parse::<Network>().expect("a network"));
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line.as_bytes()).expect("a value");
            headers.append(HeaderName::from_static("x-forwarded-for"), value);
        }
        let mut extensions = Extensions::new();
        let peer: SocketAddr = peer.parse().expect("an address");
        extensions.insert(ConnectInfo(peer));
        Client::of(&headers, &extensions, &proxies)
    }

    fn known(address: &str) -> Client {
        Client::Known(address.parse().expect("an address"))
    }

    // S6. Mutations: the leftmost is taken; headers aren't joined, or in the other
    // order; trusted hops aren't skipped; the header of others counts; addresses
    // aren't made canonical.
    #[test]
    fn a_trusted_proxy_is_believed_from_the_right() {
        let proxy = "10.0.0.1:1234";
        for (lines, address) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            (&["1.1.1.1,203.0.113.9"], "203.0.113.9"),
            (&["127.0.0.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
            (&["127.0.0.1", "203.0.113.9"], "203.0.113.9"),
            (&["127.0.0.1", "203.0.113.9", "10.0.0.7"], "203.0.113.9"),
            (
                &["127.0.0.1, 203.0.113.9", "10.0.0.7, 10.0.0.8"],
                "203.0.113.9",
            ),
            (&["203.0.113.9:4711"], "203.0.113.9"),
            (&["[2001:db8::9]:4711"], "2001:db8::9"),
            (&["[2001:db8::9]"], "2001:db8::9"),
            (&["2001:db8::9"], "2001:db8::9"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            (&["203.0.113.9, ::ffff:10.0.0.7"], "203.0.113.9"),
            (&["203.0.113.9, 2001:db8:1::5"], "203.0.113.9"),
            (&["nonsense, 203.0.113.9"], "203.0.113.9"),
            (&[" \t203.0.113.9 \t"], "203.0.113.9"),
            // Its own requests, and those of another proxy.
            (&[], "10.0.0.1"),
            (&["10.0.0.9, 10.0.0.7"], "10.0.0.9"),
        ] {
            assert_eq!(client(proxy, lines), known(address), "{lines:?}");
            let mapped = "[::ffff:10.0.0.1]:1";
            assert_eq!(client(mapped, lines), known(address), "{lines:?}");
        }
    }

    #[test]
    fn what_a_proxy_says_unreadably_is_nobodys() {
        let proxy: IpAddr = "10.0.0.1".parse().expect("an address");
        for lines in [
            &[""][..],
            &["unknown"],
            &["203.0.113.9,"],
            &["203.0.113.9, "],
            &["203.0.113.9,,10.0.0.7"],
            &["203.0.113.9, nonsense, 10.0.0.7"],
            &["203.0.113.9;10.0.0.7"],
            &["203.0.113"],
            &["0203.0.113.9"],
            &["203.0.113.9:"],
            &["203.0.113.9:99999"],
            &["[203.0.113.9]"],
            &["fe80::1%eth0"],
            &["\"203.0.113.9\""],
            &["for=203.0.113.9"],
            &["203.0.113.9", ""],
            &["203.0.113.9 127.0.0.1"],
            &["localhost"],
        ] {
            let given = client("10.0.0.1:1234", lines);
            assert_eq!(given, Client::Obscured(proxy), "{lines:?}");
        }
    }

    #[test]
    fn others_are_not_believed() {
        for lines in [&[][..], &["127.0.0.1"], &["10.0.0.1"], &["", "nonsense"]] {
            for peer in ["203.0.113.9", "127.0.0.1", "10.0.1.1"] {
                assert_eq!(
                    client(&format!("{peer}:1"), lines),
                    known(peer),
                    "{lines:?}"
                );
            }
        }
        let unknown = Client::of(&HeaderMap::new(), &Extensions::new(), &[]);
        assert_eq!(unknown, Client::Unknown);
    }
}
