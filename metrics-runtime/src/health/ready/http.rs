//! An HTTP service.

use super::peer::Peer;
use crate::health::{HealthCheck, HealthReport};
use axum::http::Uri;
use std::io;
use std::time::Instant;

/// What is read of an answer, in bytes: its first line stands there.
const LONGEST: usize = 1_024;

/// An HTTP service can't be checked at this address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpCheckError {
    /// It isn't one.
    #[error("the address isn't valid; write it as `http://host:port/path`")]
    Address,
    /// It isn't `http`.
    #[error("only `http` is spoken here; give a closure with your own client to a check")]
    Scheme,
    /// It names a user, whose password would be sent in the clear.
    #[error("the address names a user; give a closure with your own client to a check")]
    User,
}

/// An HTTP service, by the status of a `GET`: a success is up, anything else down. No
/// redirect is followed, and no more than 1 KiB is read. Without TLS: what needs that
/// has a client already, which a [closure](HealthCheck::new) can use.
///
/// ```
/// use metrics_runtime::health::ready;
///
/// let check = ready::http("search", "http://search:9200/_cluster/health")?;
/// assert_eq!(check.name(), "search");
/// assert!(ready::http("search", "https://search/").is_err());
/// # Ok::<(), ready::HttpCheckError>(())
/// ```
///
/// # Errors
///
/// [`HttpCheckError`] when the address can't be used.
pub fn http(name: impl Into<String>, address: &str) -> Result<HealthCheck, HttpCheckError> {
    let uri: Uri = address.parse().map_err(|_| HttpCheckError::Address)?;
    let authority = uri.authority().ok_or(HttpCheckError::Address)?;
    match uri.scheme_str() {
        Some("http") => {}
        Some(_) => return Err(HttpCheckError::Scheme),
        None => return Err(HttpCheckError::Address),
    }
    if authority.as_str().contains('@') {
        return Err(HttpCheckError::User);
    }
    let peer = match authority.port_u16() {
        Some(_) => authority.to_string(),
        None => format!("{authority}:80"),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: health-check\r\n\
         Accept: */*\r\nConnection: close\r\n\r\n"
    );
    Ok(HealthCheck::until(name, move |until| {
        match status(&peer, &request, until) {
            Ok(status) if (200..300).contains(&status) => HealthReport::up().with("status", status),
            Ok(status) => HealthReport::down(format!("it answers {status}")).with("status", status),
            Err(error) => HealthReport::down(error.to_string()),
        }
    }))
}

fn status(peer: &str, request: &str, until: Instant) -> io::Result<u16> {
    let mut peer = Peer::connect(peer, until)?;
    peer.send(request.as_bytes())?;
    let line = peer.line(LONGEST)?;
    let mut words = line.split(' ');
    let version = words.next().unwrap_or_default();
    let status = words.next().filter(|status| status.len() == 3);
    let status = status.filter(|_| version.starts_with("HTTP/1."));
    status
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it doesn't speak HTTP"))
}

#[cfg(test)]
mod tests {
    use super::{HttpCheckError, http};

    #[test]
    fn only_what_can_be_asked_is_an_address() {
        for address in [
            "http://a",
            "http://a:1/b?c",
            "http://[::1]:8080/",
            "HTTP://a/",
        ] {
            assert!(http("a", address).is_ok(), "{address}");
        }
        for (address, error) in [
            ("", HttpCheckError::Address),
            ("/path", HttpCheckError::Address),
            ("a:80", HttpCheckError::Address),
            ("http://a b/", HttpCheckError::Address),
            ("https://a/", HttpCheckError::Scheme),
            ("http://me:secret@a/", HttpCheckError::User),
        ] {
            let refused = http("a", address).unwrap_err();
            assert_eq!(refused, error, "{address}");
            assert!(!refused.to_string().contains("secret"));
        }
    }
}
