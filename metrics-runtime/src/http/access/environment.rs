//! Access, as the environment says.

use super::network::Network;
use super::secret::Secret;
use super::setting::Access;
use crate::config::EnvironmentError;
use std::env;
use std::ffi::OsString;

const TOKENS: &str = "METRICS_AUTH_TOKEN";
const ALLOWED: &str = "METRICS_ALLOWED_IPS";
const PROXIES: &str = "METRICS_TRUSTED_PROXIES";

/// Fills in what isn't said in code.
pub(super) fn fill(access: &mut Access) -> Result<(), EnvironmentError> {
    fill_with(access, env::var_os)
}

fn fill_with(
    access: &mut Access,
    get: impl Fn(&'static str) -> Option<OsString>,
) -> Result<(), EnvironmentError> {
    // What can't be used is an error even where the code has another setting.
    let tokens = get(TOKENS).map_or(Ok(Vec::new()), |value| read_tokens(&value))?;
    let networks =
        |variable| get(variable).map_or(Ok(Vec::new()), |it| read_networks(variable, &it));
    let (allowed, proxies) = (networks(ALLOWED)?, networks(PROXIES)?);
    if access.tokens.is_empty() {
        access.tokens = tokens;
    }
    if access.allowed.is_empty() {
        access.allowed = allowed;
    }
    if access.proxies.is_empty() {
        access.proxies = proxies;
    }
    Ok(())
}

/// Tokens with commas between them; no error shows any of them.
fn read_tokens(value: &OsString) -> Result<Vec<Secret>, EnvironmentError> {
    // A replaced byte would make another token of it, so this isn't read as others.
    let text = value.to_str().unwrap_or("\u{fffd}");
    let items = text.split(',').count();
    let secrets = text.split(',').zip(1..).map(|(item, nth)| {
        let secret = Secret::from(item.trim());
        let error = EnvironmentError {
            variable: TOKENS,
            value: format!("[redacted], number {nth} of {items}"),
            expected: "each token, with commas between them, takes visible ASCII characters and \
                       at least one; unset the variable if there is none",
        };
        secret.defect().map_or(Ok(secret), |_| Err(error))
    });
    secrets.collect()
}

/// Addresses and networks with commas between them. Nothing at all is a mistake where
/// it would let more people in than a list.
fn read_networks(
    variable: &'static str,
    value: &OsString,
) -> Result<Vec<Network>, EnvironmentError> {
    let text = value.to_string_lossy();
    if text.trim().is_empty() && variable == PROXIES {
        return Ok(Vec::new());
    }
    let networks = text.split(',').map(|item| {
        item.trim().parse().map_err(|_| EnvironmentError {
            variable,
            value: item.trim().to_owned(),
            expected: "it takes IP addresses and networks with commas between them, such as \
                       `10.0.0.0/8,192.0.2.7,fd00::/8`; unset the variable if there is none",
        })
    });
    networks.collect()
}

#[cfg(test)]
mod tests {
    use super::{ALLOWED, PROXIES, TOKENS, fill_with};
    use crate::http::access::secret::accept;
    use crate::http::access::{Access, Secret};
    use std::ffi::OsString;

    fn read(access: Access, variables: &[(&str, &str)]) -> Result<Access, String> {
        let mut access = access;
        let get = |asked| {
            let found = variables.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| OsString::from(*value))
        };
        let filled = fill_with(&mut access, get).map_err(|error| error.to_string());
        filled.map(|()| access)
    }

    fn accepts(access: &Access, token: &str) -> bool {
        accept(&access.tokens, Some(token.as_bytes()))
    }

    #[test]
    fn lists_are_read() {
        let variables = [
            (TOKENS, "old-token, new-token"),
            (ALLOWED, "10.0.0.0/8, ::1,192.0.2.7"),
            (PROXIES, "10.0.0.1"),
        ];
        let access = read(Access::new(), &variables).expect("it is valid");
        assert!(accepts(&access, "old-token") && accepts(&access, "new-token"));
        assert!(!accepts(&access, "old-token, new-token"));
        let allowed: Vec<_> = access.allowed.iter().map(ToString::to_string).collect();
        assert_eq!(allowed, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        assert_eq!(access.proxies.len(), 1);
        let proxies = read(Access::new(), &[(PROXIES, " ")]).expect("none is none");
        assert!(proxies.proxies.is_empty());
    }

    // Mutation: `fill_with` adds instead of filling in.
    #[test]
    fn what_is_said_in_code_wins() {
        let access = Access::new().token("in-code").allow("192.0.2.1");
        let access = access.expect("it is an address");
        let variables = [
            (TOKENS, "outside"),
            (ALLOWED, "10.0.0.0/8"),
            (PROXIES, "::1"),
        ];
        let access = read(access, &variables).expect("it is valid");
        assert!(accepts(&access, "in-code") && !accepts(&access, "outside"));
        assert_eq!(format!("{:?}", access.allowed), "[192.0.2.1/32]");
        assert_eq!(format!("{:?}", access.proxies), "[::1/128]");
    }

    // S9: tokens aren't shown. S7: an empty variable doesn't turn tokens off silently.
    // Mutation: the value stands in the error.
    #[test]
    fn a_bad_token_is_named_by_its_place_and_not_shown() {
        for (value, nth) in [
            ("", "number 1 of 1"),
            (" ", "number 1 of 1"),
            ("canary,", "number 2 of 2"),
            (",canary", "number 1 of 2"),
            ("canary, ,canary", "number 2 of 3"),
            ("canary,cana ry", "number 2 of 2"),
            ("canaryé", "number 1 of 1"),
        ] {
            let error = read(Access::new(), &[(TOKENS, value)]).expect_err(value);
            let expected = format!("METRICS_AUTH_TOKEN is `[redacted], {nth}`");
            assert!(error.contains(&expected), "{error}");
            assert!(!error.contains("cana"), "{error}");
        }
        let in_code = Access::new().token(Secret::from("token"));
        assert!(read(in_code, &[(TOKENS, "")]).is_err());
    }

    #[test]
    fn a_bad_network_is_named() {
        for variable in [ALLOWED, PROXIES] {
            let bad = read(Access::new(), &[(variable, "10.0.0.0/8,10.0.0.0/40")]);
            let error = bad.expect_err("IPv4 has 32 bits");
            let expected =
                format!("the environment variable {variable} is `10.0.0.0/40`; it takes");
            assert!(error.starts_with(&expected), "{error}");
            assert!(read(Access::new(), &[(variable, "10.0.0.0/8,")]).is_err());
        }
        assert!(read(Access::new(), &[(ALLOWED, "")]).is_err());
    }
}
