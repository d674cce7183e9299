//! Hosts as label values: those that the program has listed.

use http::header::HOST;
use http::{HeaderMap, Uri};
use std::sync::Arc;

/// The label of hosts that aren't listed.
const OTHER: &str = "other";

/// Hosts that have a label of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts(Arc<[Box<str>]>);

/// Which of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host(Option<usize>);

impl Hosts {
    pub(super) fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        let hosts = hosts.into_iter();
        Self(hosts.map(|host| bare(host).to_lowercase().into()).collect())
    }

    /// The host that a request is sent to.
    pub(super) fn of(&self, uri: &Uri, headers: &HeaderMap) -> Host {
        // Clients that have their connection already give the path alone.
        let header = || headers.get(HOST)?.to_str().ok();
        let host = uri.host().or_else(header).map(bare);
        Host(host.and_then(|host| {
            let mut hosts = self.0.iter();
            hosts.position(|known| known.eq_ignore_ascii_case(host))
        }))
    }

    pub(super) fn label(&self, host: Host) -> &str {
        let known = host.0.and_then(|index| self.0.get(index));
        known.map_or(OTHER, |known| known)
    }
}

/// Without the port, and without the dot that ends a full name.
fn bare(host: &str) -> &str {
    let host = match host.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((before, port)) if !port.contains(']') && !before.is_empty() => before,
        _ => host,
    };
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::Hosts;
    use http::header::HOST;
    use http::{HeaderMap, HeaderValue, Uri};

    // S2. Mutation: `label` gives the host that is asked for.
    #[test]
    fn hosts_are_those_that_are_listed_and_other() {
        let hosts = Hosts::new(["api.example.com", "Mail.Example:25", "[::1]", "10.0.0.1"]);
        let label = |uri: &str| {
            let uri: Uri = uri.parse().expect("it is valid");
            hosts.label(hosts.of(&uri, &HeaderMap::new())).to_owned()
        };
        for (uri, expected) in [
            ("https://api.example.com/a?b", "api.example.com"),
            ("https://API.Example.com:8443/", "api.example.com"),
            ("https://user:secret@api.example.com/", "api.example.com"),
            ("https://api.example.com./", "api.example.com"),
            ("http://mail.example/", "mail.example"),
            ("http://[::1]:80/", "[::1]"),
            ("http://10.0.0.1/", "10.0.0.1"),
            ("http://[::2]/", "other"),
            ("http://evil.api.example.com/", "other"),
            ("http://api.example.com.evil/", "other"),
            ("/path", "other"),
        ] {
            assert_eq!(label(uri), expected, "{uri}");
        }
    }

    #[test]
    fn without_a_host_in_the_uri_the_header_says_it() {
        let hosts = Hosts::new(["a"]);
        let label = |header: &'static [u8]| {
            let value = HeaderValue::from_bytes(header).expect("it is a value");
            let headers = HeaderMap::from_iter([(HOST, value)]);
            hosts
                .label(hosts.of(&Uri::from_static("/"), &headers))
                .to_owned()
        };
        assert_eq!(label(b"a:80"), "a");
        assert_eq!(label(b"b"), "other");
        assert_eq!(label(b"\xff"), "other");
    }
}
