//! Passwords are kept as Argon2 hashes.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use metrics_runtime::{Outcome, timed};

use crate::error::ShopError;

/// One pass over 1 MiB. A real shop takes the crate's defaults, which cost
/// twenty times as much; this one logs in several times a second.
const COST: Params = match Params::new(1024, 1, 1, None) {
    Ok(cost) => cost,
    Err(_) => panic!("the parameters are within Argon2's limits"),
};

pub(crate) fn hash(password: &str) -> password_hash::Result<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, COST);
    Ok(argon2.hash_password(password.as_bytes())?.to_string())
}

/// Compares a password with the hash of the right one.
#[timed(
    name = "password_check_duration_seconds",
    help = "Time to compare a password with its hash.",
    // A wrong password is no fault of the check.
    outcome = |ret| match ret {
        Ok(()) | Err(ShopError::Refused) => Outcome::Ok,
        Err(_) => Outcome::Error,
    },
    buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1]
)]
pub(crate) fn verify(password: &str, hash: &str) -> Result<(), ShopError> {
    let hash = PasswordHash::new(hash).map_err(password_hash::Error::from)?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Err(password_hash::Error::PasswordInvalid) => Err(ShopError::Refused),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_the_password_that_was_hashed() {
        let hash = hash("open sesame").expect("the system has random bytes");
        assert!(verify("open sesame", &hash).is_ok());
        assert!(matches!(
            verify("open barley", &hash),
            Err(ShopError::Refused)
        ));
    }
}
