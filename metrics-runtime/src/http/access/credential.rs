//! The token that a request presents.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

/// For clients whose `Authorization` is somebody else's, such as a proxy's.
static OWN: HeaderName = HeaderName::from_static("x-metrics-token");

/// What a request presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential<'a> {
    Absent,
    /// More than one, or not in the form of a token.
    Malformed,
    Token(&'a [u8]),
}

impl<'a> Credential<'a> {
    /// `X-Metrics-Token`, if there is one, else `Authorization: Bearer` (RFC 6750).
    /// A header that is given twice is refused, since another program on the way may
    /// have looked at the other one.
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut own = headers.get_all(&OWN).iter();
        let mut bearer = headers.get_all(AUTHORIZATION).iter();
        match (own.next(), own.next(), bearer.next(), bearer.next()) {
            (None, _, None, _) => Self::Absent,
            (Some(own), None, ..) => token(own.as_bytes()),
            (None, _, Some(bearer), None) => of_bearer(bearer),
            _ => Self::Malformed,
        }
    }

    /// The token, if there is one.
    pub(super) const fn token(self) -> Option<&'a [u8]> {
        match self {
            Self::Token(token) => Some(token),
            Self::Absent | Self::Malformed => None,
        }
    }
}

/// The scheme, in any case, one space and the token.
fn of_bearer(value: &HeaderValue) -> Credential<'_> {
    const SCHEME: &[u8] = b"Bearer ";
    match value.as_bytes().split_at_checked(SCHEME.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => token(rest),
        _ => Credential::Malformed,
    }
}

fn token(bytes: &[u8]) -> Credential<'_> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_graphic) {
        return Credential::Malformed;
    }
    Credential::Token(bytes)
}

#[cfg(test)]
mod tests {
    use super::Credential;
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn read(headers: &[(&'static str, &str)]) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("it is a value");
            map.append(HeaderName::from_static(name), value);
        }
        let token = Credential::of(&map).token();
        token.map(|token| String::from_utf8_lossy(token).into_owned())
    }

    const BEARER: &str = "authorization";
    const OWN: &str = "x-metrics-token";

    // S4, S7. Mutations: the scheme's case counts; the first of two headers is taken;
    // whitespace is trimmed.
    #[test]
    fn one_token_in_one_form_is_read() {
        for headers in [
            &[(BEARER, "Bearer t0ken")][..],
            &[(BEARER, "bearer t0ken")],
            &[(BEARER, "BEARER t0ken")],
            &[(OWN, "t0ken")],
            &[(OWN, "t0ken"), (BEARER, "Basic dTpw")],
            &[(OWN, "t0ken"), (BEARER, "Bearer other")],
        ] {
            assert_eq!(read(headers).as_deref(), Some("t0ken"), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[(BEARER, "")],
            &[(BEARER, "Bearer")],
            &[(BEARER, "Bearer ")],
            &[(BEARER, "Bearer  t0ken")],
            &[(BEARER, "Bearer\tt0ken")],
            &[(BEARER, " Bearer t0ken")],
            &[(BEARER, "Bearer t0ken ")],
            &[(BEARER, "Bearer t0 ken")],
            &[(BEARER, "Bearert0ken")],
            &[(BEARER, "Basic t0ken")],
            &[(BEARER, "t0ken")],
            &[(BEARER, "Bearer t0kén")],
            &[(BEARER, "Bearer t0ken"), (BEARER, "Bearer t0ken")],
            &[(BEARER, "Basic dTpw"), (BEARER, "Bearer t0ken")],
            &[(OWN, "")],
            &[(OWN, "t0 ken")],
            &[(OWN, ""), (BEARER, "Bearer t0ken")],
            &[(OWN, "t0ken"), (OWN, "t0ken")],
        ] {
            assert_eq!(read(headers), None, "{headers:?}");
        }
        let two = [(BEARER, "Bearer a"), (BEARER, "Bearer b")];
        assert_eq!(read(&two), None);
        assert_eq!(Credential::of(&HeaderMap::new()), Credential::Absent);
    }
}
