//! Tokens, of which only digests are kept.

use serde_core::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::{Choice, ConstantTimeEq as _};

/// What stands wherever a secret would be printed.
const REDACTED: &str = "[redacted]";

/// What is digested where no token was sent, so that its absence takes as long: as
/// many bytes as `openssl rand -hex 16` gives.
const ABSENT: [u8; 32] = [0; 32];

/// A token for [`Access::token`](crate::Access::token), of which only the SHA-256
/// digest is kept.
///
/// It never prints: not by `Debug`, nor `Display`, nor `serde`. It can't be compared
/// by `==` either, which takes the longer the more bytes are right:
///
/// ```compile_fail,E0369
/// use metrics_runtime::Secret;
///
/// let (one, other) = (Secret::from("one"), Secret::from("other"));
/// assert!(one == other);
/// ```
///
/// A token is of visible ASCII characters, without spaces: what goes into a header
/// as it is. Sixteen random bytes or more are recommended, such as
/// `openssl rand -hex 32` gives; anybody can try a short one.
///
/// ```
/// use metrics_runtime::Secret;
///
/// let secret = Secret::from("s3cr3t-t0k3n");
/// assert_eq!(format!("{secret:?} {secret}"), "Secret([redacted]) [redacted]");
/// ```
#[derive(Clone)]
pub struct Secret {
    digest: [u8; 32],
    /// What `build()` refuses it for.
    defect: Option<&'static str>,
}

impl Secret {
    fn new(token: &[u8]) -> Self {
        let defect = if token.is_empty() {
            Some("it is empty")
        } else if !token.iter().all(u8::is_ascii_graphic) {
            Some("it has other characters than visible ones of ASCII")
        } else {
            None
        };
        Self {
            digest: Sha256::digest(token).into(),
            defect,
        }
    }

    /// Why no client could send it; `None` if one can.
    pub(super) const fn defect(&self) -> Option<&'static str> {
        self.defect
    }
}

impl From<&str> for Secret {
    fn from(token: &str) -> Self {
        Self::new(token.as_bytes())
    }
}

impl From<String> for Secret {
    fn from(token: String) -> Self {
        Self::new(token.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({REDACTED})")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

/// Whether one of these was presented.
///
/// What it takes depends on the length of what was presented, which its sender
/// knows, and on the number of secrets, but neither on which one it is, nor on how
/// much of it is right, nor on whether anything was presented. Each request is
/// judged anew: nothing is remembered that another one could poison.
pub(super) fn accept(secrets: &[Secret], presented: Option<&[u8]>) -> bool {
    let digest = Sha256::digest(presented.unwrap_or(&ABSENT));
    let mut found = Choice::from(0);
    for secret in secrets {
        found |= secret.digest.ct_eq(&digest);
    }
    bool::from(found & Choice::from(u8::from(presented.is_some())))
}

#[cfg(test)]
mod tests {
    use super::{ABSENT, Secret, accept};
    use std::fmt::Write as _;

    // S5. Mutations: `accept` looks at the first secret only, or lets an absent
    // token stand for `ABSENT`.
    #[test]
    fn each_of_several_tokens_is_accepted_and_nothing_else() {
        let secrets = [Secret::from("old-token"), Secret::from("new-token")];
        for right in ["old-token", "new-token"] {
            assert!(accept(&secrets, Some(right.as_bytes())), "{right}");
        }
        for wrong in ["", "old", "old-token ", "OLD-TOKEN", "old-tokennew-token"] {
            assert!(!accept(&secrets, Some(wrong.as_bytes())), "{wrong}");
        }
        assert!(!accept(&secrets, None));
        assert!(!accept(&[], None));
        assert!(!accept(&[], Some(b"old-token")));
        let absent = [Secret::new(&ABSENT)];
        assert!(!accept(&absent, None));
        assert!(accept(&absent, Some(&ABSENT)));
    }

    // S4. A digest is no credential. Mutation: `accept` compares what was presented
    // with the digests.
    #[test]
    fn a_digest_is_not_accepted() {
        let secret = Secret::from("token-of-the-scraper");
        let digest = secret.digest;
        let mut hex = String::new();
        for byte in digest {
            write!(hex, "{byte:02x}").expect("a string takes all");
        }
        let secrets = [secret];
        assert!(!accept(&secrets, Some(&digest)));
        assert!(!accept(&secrets, Some(hex.as_bytes())));
    }

    // S9. Mutation: `Debug` prints the digest.
    #[test]
    fn a_secret_prints_nowhere() {
        let secret = Secret::from("canary");
        let json = serde_json::to_string(&secret).expect("it is text");
        assert_eq!(json, r#""[redacted]""#);
        for text in [
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{secret}"),
        ] {
            assert!(
                text.contains("[redacted]") && !text.contains("canary"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_no_client_can_send_is_a_defect() {
        for text in ["", " ", "\t", "two words", "naïve", "line\n", " padded"] {
            assert!(Secret::from(text).defect().is_some(), "{text:?}");
        }
        for text in ["a", "a,b", "~!@#$%^&*()_+=-"] {
            assert_eq!(Secret::from(text.to_owned()).defect(), None, "{text:?}");
        }
    }
}
