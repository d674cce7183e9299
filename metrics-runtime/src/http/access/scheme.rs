//! By which scheme a request was sent, as the proxies say that end TLS.

use super::client::{FORWARDED_FOR, parse};
use super::network::Network;
use axum::extract::ConnectInfo;
use http::header::FORWARDED;
use http::uri::Scheme;
use http::{Extensions, HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The scheme by which the outermost of `proxies` was asked; `None` if the connection
/// comes from none of them, or it doesn't say.
///
/// `X-Forwarded-Proto` goes before `Forwarded` (RFC 7239): a proxy that sets the one
/// passes on whatever a client has sent as the other.
pub(super) fn of(
    headers: &HeaderMap,
    extensions: &Extensions,
    proxies: &[Network],
) -> Option<Scheme> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let is_proxy = |address| proxies.iter().any(|proxy| proxy.contains(address));
    if !is_proxy(peer.ip().to_canonical()) {
        return None;
    }
    if headers.contains_key(&FORWARDED_PROTO) {
        by_list(headers, is_proxy)
    } else {
        by_elements(headers, is_proxy)
    }
}

/// By `X-Forwarded-Proto`. Where each proxy appends to it as to `X-Forwarded-For`, the
/// entry stands as far from the right as that of the client; where each passes on what
/// the outermost has written, it is the only one.
fn by_list(headers: &HeaderMap, is_proxy: impl Fn(IpAddr) -> bool) -> Option<Scheme> {
    let clients = entries(headers, &FORWARDED_FOR);
    let clients = clients.map(|entry| parse(entry.as_bytes()));
    let passed = clients.take_while(|client| client.is_some_and(&is_proxy));
    let most = passed.count() + 1;
    scheme(entries(headers, &FORWARDED_PROTO).take(most).last()?)
}

/// By `Forwarded`, from the right: an element says who has asked a proxy, and how.
fn by_elements(headers: &HeaderMap, is_proxy: impl Fn(IpAddr) -> bool) -> Option<Scheme> {
    let mut told = None;
    for element in entries(headers, &FORWARDED) {
        let value = |wanted: &str| {
            let pairs = element.split(outside_quotes(';'));
            let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().trim_matches('"'))
        };
        told = value("proto").and_then(scheme).or(told);
        let client = value("for").and_then(|client| parse(client.as_bytes()));
        if !client.is_some_and(&is_proxy) {
            break;
        }
    }
    told
}

/// The entries of all lines of a header from the right; none of a line that isn't text.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().rev();
    let lines = lines.map(|line| line.to_str().unwrap_or(""));
    lines.flat_map(|line| {
        let entries: Vec<&str> = line.split(outside_quotes(',')).collect();
        entries.into_iter().rev()
    })
}

/// Whether a letter separates: this one does, but not between double quotes.
fn outside_quotes(separator: char) -> impl FnMut(char) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    move |letter| {
        let is_escaped = escaped;
        escaped = quoted && !is_escaped && letter == '\\';
        quoted ^= letter == '"' && !is_escaped;
        letter == separator && !quoted
    }
}

fn scheme(entry: &str) -> Option<Scheme> {
    let entry = entry.trim_matches([' ', '\t']);
    [Scheme::HTTP, Scheme::HTTPS]
        .into_iter()
        .find(|scheme| scheme.as_str().eq_ignore_ascii_case(entry))
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::http::access::network::Network;
    use axum::extract::ConnectInfo;
    use http::{Extensions, HeaderMap, HeaderName, HeaderValue};
    use std::net::SocketAddr;

    const PROXY: &str = "10.0.0.1:1234";

    fn told(peer: &str, lines: &[(&'static str, &str)]) -> Option<String> {
        let proxies = ["10.0.0.0/24".parse::<Network>().expect("a network")];
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            headers.append(HeaderName::from_static(name), value);
        }
        let mut extensions = Extensions::new();
        let peer: SocketAddr = peer.parse().expect("an address");
        extensions.insert(ConnectInfo(peer));
        of(&headers, &extensions, &proxies).map(|scheme| scheme.to_string())
    }

    const PROTO: &str = "x-forwarded-proto";
    const FOR: &str = "x-forwarded-for";

    // S6. Mutations: the leftmost entry counts; trusted hops aren't skipped; `Forwarded`
    // goes first; quotes aren't looked at.
    #[test]
    fn the_outermost_trusted_proxy_is_believed() {
        for (lines, expected) in [
            (&[(PROTO, "https")][..], Some("https")),
            (&[(PROTO, "HTTPS")], Some("https")),
            (&[(PROTO, "http")], Some("http")),
            // What stands left of the client's entry may be anybody's.
            (&[(PROTO, "https, http"), (FOR, "1.1.1.1")], Some("http")),
            (&[(PROTO, "https"), (PROTO, "http")], Some("http")),
            (
                &[(PROTO, "http, https, http"), (FOR, "1.1.1.1, 10.0.0.9")],
                Some("https"),
            ),
            (
                &[(PROTO, "https"), (FOR, "1.1.1.1, 10.0.0.9, 10.0.0.8")],
                Some("https"),
            ),
            (
                &[(PROTO, "https"), ("forwarded", "proto=http")],
                Some("https"),
            ),
            (&[(PROTO, "ftp"), ("forwarded", "proto=https")], None),
            (&[(PROTO, "")], None),
            (&[(PROTO, "\u{fc}")], None),
            (
                &[("forwarded", "for=1.1.1.1;proto=https;by=x")],
                Some("https"),
            ),
            (
                &[("forwarded", "For=\"[2001:db8::9]:1\"; Proto=\"https\"")],
                Some("https"),
            ),
            (
                &[("forwarded", "proto=https, for=1.1.1.1;proto=http")],
                Some("http"),
            ),
            (
                &[(
                    "forwarded",
                    "for=1.1.1.1;proto=https, for=10.0.0.9;proto=http",
                )],
                Some("https"),
            ),
            (
                &[
                    ("forwarded", "for=1.1.1.1;proto=https"),
                    ("forwarded", "for=\"10.0.0.9:80\""),
                ],
                Some("https"),
            ),
            (&[("forwarded", "for=\"a, for=b;proto=https\"")], None),
            (&[("forwarded", "for=\"a\\\";proto=https\"")], None),
            (&[("forwarded", "for=1.1.1.1")], None),
            (&[("x-forwarded-ssl", "on")], None),
            (&[], None),
        ] {
            assert_eq!(told(PROXY, lines).as_deref(), expected, "{lines:?}");
            let mapped = "[::ffff:10.0.0.1]:1";
            assert_eq!(told(mapped, lines).as_deref(), expected, "{lines:?}");
        }
    }

    // S6. Mutation: everybody is believed.
    #[test]
    fn others_are_not_believed() {
        for peer in ["203.0.113.9:1", "127.0.0.1:1", "10.0.1.1:1"] {
            for line in [(PROTO, "https"), ("forwarded", "proto=https")] {
                assert_eq!(told(peer, &[line]), None, "{peer} {line:?}");
                let of_a_proxy = (FOR, "10.0.0.1");
                assert_eq!(told(peer, &[line, of_a_proxy]), None);
            }
        }
        let unknown = of(&HeaderMap::new(), &Extensions::new(), &[]);
        assert_eq!(unknown, None);
    }
}
