//! Which content encoding is asked for (RFC 9110, section 12.5.3), and the
//! encoding itself.

use super::list::elements;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;
use std::io::{self, Write as _};

/// Pages below this many bytes fit into one packet anyway.
pub(super) const LEAST: usize = 1_024;

/// A content encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    /// With the feature `zstd` only.
    Zstd,
}

impl Encoding {
    /// Those that are worth it, the cheapest first.
    const OFFERED: &'static [Self] = if cfg!(feature = "zstd") {
        &[Self::Zstd, Self::Gzip]
    } else {
        &[Self::Gzip]
    };

    /// The value of `Content-Encoding`; none for the bytes as they are.
    pub(super) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    fn is(self, word: &str) -> bool {
        let is = |own: &str| word.eq_ignore_ascii_case(own);
        match self {
            Self::Identity => is("identity"),
            // RFC 9110, section 8.4.1.3.
            Self::Gzip => is("gzip") || is("x-gzip"),
            Self::Zstd => is("zstd"),
        }
    }
}

/// The encoding of the highest weight. A coding that is named is preferred to
/// none, none to one that a wildcard allows. `identity;q=0` alone still gets
/// none: an answer is better than 406.
pub(super) fn negotiate(headers: &HeaderMap) -> Encoding {
    let mut any = None;
    let mut named = Vec::new();
    for element in elements(headers, &ACCEPT_ENCODING) {
        if element.value == "*" {
            any = any.or(Some(element.weight));
        } else {
            named.push(element);
        }
    }
    // Weight, and whether it was named.
    let rank = |encoding: Encoding| {
        let own = named.iter().find(|element| encoding.is(element.value));
        match own {
            Some(own) => (own.weight, true),
            None => (any.unwrap_or(0), false),
        }
    };
    let identity = rank(Encoding::Identity);
    let mut best = (
        Encoding::Identity,
        (identity.0, identity.1 && identity.0 > 0),
    );
    for encoding in Encoding::OFFERED {
        let rank = rank(*encoding);
        let first = best.0 == Encoding::Identity;
        // Named both, the smaller page is wanted.
        if rank.0 > 0 && (rank > best.1 || first && rank.1 && rank == best.1) {
            best = (*encoding, rank);
        }
    }
    best.0
}

/// Appends a page, encoded.
pub(super) fn encode(encoding: Encoding, page: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    match encoding {
        Encoding::Identity => out.extend_from_slice(page),
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(&mut *out, Compression::fast());
            encoder.write_all(page)?;
            encoder.finish()?;
        }
        Encoding::Zstd => zstd(page, out)?,
    }
    Ok(())
}

#[cfg(feature = "zstd")]
fn zstd(page: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    zstd::stream::copy_encode(page, out, 1)
}

#[cfg(not(feature = "zstd"))]
fn zstd(_: &[u8], _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::{Encoding, encode, negotiate};
    use http::header::ACCEPT_ENCODING;
    use http::{HeaderMap, HeaderValue};
    use std::io::Read as _;

    fn asked(accept: &str) -> Encoding {
        let mut headers = HeaderMap::new();
        let accept = HeaderValue::from_str(accept).expect("it may stand in a header");
        headers.insert(ACCEPT_ENCODING, accept);
        negotiate(&headers)
    }

    // H9.
    // Mutation: `negotiate` starts from gzip, or ignores a weight of zero.
    #[test]
    fn compresses_on_request_only() {
        assert_eq!(negotiate(&HeaderMap::new()), Encoding::Identity);
        for accept in [
            "gzip",
            "x-gzip",
            "GZIP",
            "deflate, gzip;q=0.5",
            "gzip;q=0.001",
        ] {
            assert_eq!(asked(accept), Encoding::Gzip, "{accept}");
        }
        for accept in [
            "*;q=0.5, gzip;q=0.6",
            "identity;q=0.5, gzip",
            "identity, gzip",
        ] {
            assert_eq!(asked(accept), Encoding::Gzip, "{accept}");
        }
        for accept in [
            "",
            "identity",
            "identity;q=0",
            "gzip;q=0",
            "gzip;q=x",
            "br",
            "*",
            "*;q=0",
            ",;,",
            "gzip;q=0.4, identity;q=0.5",
            "gzip;q=0, *",
        ] {
            assert_eq!(asked(accept), Encoding::Identity, "{accept}");
        }
        assert_ne!(asked("identity;q=0, *"), Encoding::Identity);
    }

    #[test]
    fn zstd_is_there_with_its_feature() {
        let expected = if cfg!(feature = "zstd") {
            Encoding::Zstd
        } else {
            Encoding::Gzip
        };
        assert_eq!(asked("gzip, zstd"), expected);
        assert_eq!(asked("gzip, zstd;q=0.5"), Encoding::Gzip);
    }

    #[test]
    fn what_is_encoded_is_what_is_decoded() {
        let page = b"a 1\n".repeat(1000);
        let mut out = Vec::new();
        encode(Encoding::Gzip, &page, &mut out).expect("memory doesn't fail");
        assert!(out.len() < page.len() / 10);
        let mut read = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(&*out);
        decoder.read_to_end(&mut read).expect("it is gzip");
        assert_eq!(read, page);
        out.clear();
        let encoded = encode(Encoding::Zstd, &page, &mut out);
        assert_eq!(encoded.is_ok(), cfg!(feature = "zstd"));
        #[cfg(feature = "zstd")]
        assert_eq!(zstd::decode_all(&*out).expect("it is zstd"), page);
    }
}
