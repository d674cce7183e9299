//! Secrets that stand for a person.

use argon2::password_hash::{self, try_generate_salt};

/// Sixteen bytes of the system's randomness in hexadecimal digits. A salt is just that.
pub(crate) fn draw() -> password_hash::Result<String> {
    let bytes = try_generate_salt()?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_the_same() {
        let [one, other] = [draw(), draw()].map(|secret| secret.expect("it has randomness"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
    }
}
