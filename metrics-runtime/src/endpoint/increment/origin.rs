//! Whether a request comes from a page of another site, in somebody's browser.

use super::super::answer::Answer;
use crate::config::Host;
use http::StatusCode;
use http::header::{HOST, HeaderName, ORIGIN};
use http::request::Parts;

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what a page sends, for programs send neither of the headers that browsers do.
///
/// With hosts given, pages of these may, and other hosts are refused. Without, no page
/// may: a name that an attacker makes point here is of the same origin as its page.
pub(super) fn check(request: &Parts, hosts: &[String]) -> Result<(), Answer> {
    let refused = |error| Err(Answer::refused(StatusCode::FORBIDDEN, error));
    let headers = &request.headers;
    let mut sites = headers.get_all(&SEC_FETCH_SITE).iter();
    if hosts.is_empty() {
        if headers.contains_key(ORIGIN) || !sites.all(|site| site == "none") {
            return refused("pages may record only by a host that the settings name");
        }
        return Ok(());
    }
    if !sites.all(|site| site == "same-origin" || site == "none") {
        return refused("pages of other sites may not record");
    }
    let authority = request.uri.authority().map(http::uri::Authority::as_str);
    let mut named = headers.get_all(HOST).iter();
    let header = named.next().and_then(|host| host.to_str().ok());
    // Two of them may be read differently by what stands before us.
    let host = authority.or(header.filter(|_| named.next().is_none()));
    let host = host.and_then(Host::parse);
    for origin in headers.get_all(ORIGIN) {
        let origin = origin.to_str().ok().and_then(parse_origin);
        let same = origin.is_some_and(|(origin, port)| {
            let host = host.clone().map(|host| host.or_port(port));
            host == Some(origin.or_port(port))
        });
        if !same {
            return refused("pages of other sites may not record");
        }
    }
    let allowed = |host: &Host| {
        let mut hosts = hosts.iter().map(|host| Host::parse(host));
        hosts.any(|allowed| allowed.as_ref() == Some(host))
    };
    if !host.is_some_and(|host| allowed(&host)) {
        return refused("this host may not be recorded by; ask for it by its own name");
    }
    Ok(())
}

/// The host of an origin, and the port that it has unless it says so; `None` for an
/// origin without one, such as `null`.
fn parse_origin(origin: &str) -> Option<(Host, u16)> {
    let (scheme, host) = origin.split_once("://")?;
    let port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    Some((Host::parse(host)?, port))
}

#[cfg(test)]
mod tests {
    use super::check;
    use http::Request;

    fn is_allowed(headers: &[(&str, &str)], hosts: &[&str]) -> bool {
        let request = Request::post("/increment");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let (head, ()) = request.body(()).expect("it is valid").into_parts();
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        check(&head, &hosts).is_ok()
    }

    // S12. Mutation: a page is let through whose origin is the host that it asks for,
    // which DNS can make any name.
    #[test]
    fn without_a_list_pages_are_refused_whatever_they_say() {
        let host = ("host", "shop.example:8080");
        for (headers, allowed) in [
            (&[][..], true),
            (&[host], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("sec-fetch-site", "same-origin")], false),
            (&[host, ("sec-fetch-site", "cross-site")], false),
            (&[host, ("sec-fetch-site", "")], false),
            (&[host, ("origin", "http://shop.example:8080")], false),
            (&[host, ("origin", "http://evil.example")], false),
            (&[host, ("origin", "null")], false),
            (&[host, ("origin", "")], false),
        ] {
            assert_eq!(is_allowed(headers, &[]), allowed, "{headers:?}");
        }
    }

    // S12. Mutations: `same-site` is let through; only the first `Origin` is looked at;
    // `null` is no origin.
    #[test]
    fn pages_of_other_sites_are_refused() {
        let list = ["shop.example:8080", "a", "a:80"];
        let host = ("host", "shop.example:8080");
        for (headers, allowed) in [
            (&[host][..], true),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("sec-fetch-site", "cross-site")], false),
            (&[host, ("sec-fetch-site", "same-site")], false),
            (&[host, ("sec-fetch-site", "")], false),
            (&[host, ("origin", "http://shop.example:8080")], true),
            (&[host, ("origin", "http://SHOP.example:8080")], true),
            (&[host, ("origin", "http://shop.example")], false),
            (&[host, ("origin", "http://evil.example:8080")], false),
            (&[host, ("origin", "null")], false),
            (&[host, ("origin", "")], false),
            (&[host, ("origin", "file://shop.example:8080")], false),
            (&[("origin", "http://shop.example:8080")], false),
            (&[("host", "a"), ("origin", "http://a")], true),
            (&[("host", "a:80"), ("origin", "http://a")], true),
            (&[("host", "a"), ("origin", "https://a:443")], true),
            (&[("host", "a"), ("origin", "https://a:80")], false),
            (
                &[
                    host,
                    ("origin", "http://shop.example:8080"),
                    ("origin", "http://evil.example"),
                ],
                false,
            ),
        ] {
            assert_eq!(is_allowed(headers, &list), allowed, "{headers:?}");
        }
    }

    // S12. Mutation: no `Host` is any host.
    #[test]
    fn hosts_are_those_of_the_list() {
        let list = ["shop.example", "[::1]:9464"];
        for (headers, allowed) in [
            (&[("host", "shop.example")][..], true),
            (&[("host", "Shop.Example")], true),
            (&[("host", "[::1]:9464")], true),
            (&[("host", "[::1]")], false),
            (&[("host", "shop.example:80")], false),
            (&[("host", "evil.example")], false),
            (&[("host", "shop.example"), ("host", "evil.example")], false),
            (&[], false),
        ] {
            assert_eq!(is_allowed(headers, &list), allowed, "{headers:?}");
        }
    }
}
