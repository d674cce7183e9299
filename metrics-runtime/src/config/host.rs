//! A host and port, as a client names them.

use std::fmt;
use std::net::Ipv6Addr;

/// What may stand in `Host`, checked: letters, digits, `.`, `-` and `_`, or an IPv6
/// address in brackets, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// In lower case.
    name: String,
    port: Option<u16>,
}

impl Host {
    /// The longest name that DNS has.
    const LONGEST: usize = 253;

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, port) = if text.starts_with('[') {
            let end = text.find(']')? + 1;
            let (name, rest) = text.split_at_checked(end)?;
            let address = name.trim_start_matches('[').trim_end_matches(']');
            address.parse::<Ipv6Addr>().ok()?;
            match rest {
                "" => (name, None),
                rest => (name, Some(rest.strip_prefix(':')?)),
            }
        } else {
            let (name, port) = match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            };
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            let plain = !name.is_empty() && name.bytes().all(allowed);
            (plain && name.len() <= Self::LONGEST).then_some(())?;
            (name, port)
        };
        let port = match port {
            // `parse` would take a sign.
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port.parse().ok().filter(|port| *port > 0)?)
            }
            Some(_) => return None,
            None => None,
        };
        let name = name.to_ascii_lowercase();
        Some(Self { name, port })
    }

    /// The same at another port.
    #[cfg_attr(
        not(any(feature = "endpoints", test)),
        expect(dead_code, reason = "nothing is asked for by a host")
    )]
    pub(crate) fn at_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The same, with a port where it has none.
    #[cfg_attr(
        not(any(feature = "endpoints", test)),
        expect(dead_code, reason = "nothing is asked for by a host")
    )]
    pub(crate) fn or_port(mut self, port: u16) -> Self {
        self.port = self.port.or(Some(port));
        self
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn hosts_are_names_or_addresses_with_a_port() {
        for (text, expected) in [
            ("localhost", "localhost"),
            ("Shop.Example:9464", "shop.example:9464"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[::1]:9464", "[::1]:9464"),
            ("[2001:DB8::1]", "[2001:db8::1]"),
        ] {
            let host = Host::parse(text).map(|host| host.to_string());
            assert_eq!(host.as_deref(), Some(expected));
        }
        let with = Host::parse("a").map(|host| host.or_port(80).to_string());
        assert_eq!(with.as_deref(), Some("a:80"));
        let other = Host::parse("a:1").map(|host| host.at_port(80).to_string());
        assert_eq!(other.as_deref(), Some("a:80"));
    }

    // Mutation: what stands in the name isn't looked at.
    #[test]
    fn what_could_be_more_than_a_host_is_refused() {
        for text in [
            "", ":80", "a:", "a:0", "a:65536", "a:+1", "a:80:80", "a b", "a\nb", "a\"b", "a'b",
            "a]", "[::1", "[x]", "[::1]80", "a,b", "a#b", "a/b", "a@b", "{a}", "*", "&a", "ä",
            "-\n-",
        ] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
        assert_eq!(Host::parse(&"a".repeat(254)), None);
    }
}
