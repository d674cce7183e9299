//! How deep a body is nested, before anything is read of it.

use super::item::ItemError;

/// Deeper nesting has no meaning here.
const MOST: usize = 8;

/// Refuses what is nested too deeply. What isn't JSON is refused later.
pub(super) fn check(body: &[u8]) -> Result<(), ItemError> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > MOST {
                    return Err(ItemError::Depth { most: MOST });
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MOST, check};

    // S13. Mutation: brackets in text count.
    #[test]
    fn nesting_is_counted_outside_of_text() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(check(&nested(MOST)).is_ok());
        assert!(check(&nested(MOST + 1)).is_err());
        assert!(check(&nested(1_000_000)).is_err());
        assert!(check(&vec![b'{'; 1_000_000]).is_err());
        assert!(check(br#"["[[[[[[[[[[\"[[[[[[[[[[\\", "{{{{{{{{{{"]"#).is_ok());
        assert!(check(&b"[{}]".repeat(100)).is_ok());
    }
}
