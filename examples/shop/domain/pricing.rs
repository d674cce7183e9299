//! What an order costs.

use metrics_runtime::{counted, timed};
use thiserror::Error;

/// More than this is a case for the wholesale department.
const MOST: u32 = 20;

/// From this quantity on, a tenth is taken off.
const DISCOUNT_FROM: u32 = 5;

#[derive(Debug, Error)]
#[error("the quantity is {quantity}; order between 1 and {MOST}")]
pub(crate) struct QuoteError {
    quantity: u32,
}

/// The price of `quantity` pieces, in cents.
#[timed]
#[counted]
pub(crate) fn quote(price_cents: i64, quantity: u32) -> Result<i64, QuoteError> {
    if quantity == 0 || quantity > MOST {
        return Err(QuoteError { quantity });
    }
    let total = price_cents * i64::from(quantity);
    if quantity < DISCOUNT_FROM {
        Ok(total)
    } else {
        Ok(total - total / 10)
    }
}

/// An amount in cents as the metrics have it, in their base unit.
#[expect(clippy::cast_precision_loss, reason = "orders are below 2^53 cents")]
pub(crate) fn dollars(cents: i64) -> f64 {
    cents as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_tenth_off_from_five_pieces() {
        assert!(matches!(quote(500, 4), Ok(2000)));
        assert!(matches!(quote(500, 5), Ok(2250)));
    }

    #[test]
    fn refuses_quantities_out_of_bounds() {
        assert!(quote(500, 0).is_err());
        assert!(quote(500, MOST).is_ok());
        assert!(quote(500, MOST + 1).is_err());
    }
}
