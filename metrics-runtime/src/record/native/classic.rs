//! Native histograms on pages whose format has none: fixed bounds.

use super::key::{FINEST, lowered};
use crate::desc::Unit;

/// Binary logarithms of the bounds: the first, the last, and from one to the next.
struct Exponents {
    first: i32,
    last: i32,
    step: i32,
}

/// Of durations the powers of two from 2^-10 seconds, about a millisecond, to 64
/// seconds; of values the powers of four from 4^-5 to 4^15, about a milliard.
const fn exponents(unit: Unit) -> Exponents {
    match unit {
        Unit::Seconds => Exponents {
            first: -10,
            last: 6,
            step: 1,
        },
        Unit::Value => Exponents {
            first: -10,
            last: 30,
            step: 2,
        },
    }
}

const fn list<const N: usize>(unit: Unit) -> [f64; N] {
    let Exponents { first, last, step } = exponents(unit);
    let mut bounds = [0.0; N];
    let mut nth = 0;
    let mut exponent = first;
    while exponent <= last {
        #[expect(
            clippy::cast_sign_loss,
            reason = "they are exponents of normal numbers"
        )]
        let bits = ((1023 + exponent) as u64) << 52;
        bounds[nth] = f64::from_bits(bits);
        nth += 1;
        exponent += step;
    }
    bounds
}

static OF_DURATIONS: [f64; 17] = list(Unit::Seconds);
static OF_VALUES: [f64; 21] = list(Unit::Value);

/// The bounds, without `+Inf`.
pub(crate) fn classic_bounds(unit: Unit) -> &'static [f64] {
    match unit {
        Unit::Seconds => &OF_DURATIONS,
        Unit::Value => &OF_VALUES,
    }
}

/// The fixed bucket that counts a bucket above zero with this schema and key: that
/// of the first bound which is surely not below any of its values.
#[inline]
pub(super) fn classic_bucket(unit: Unit, schema: i32, key: i32) -> u32 {
    let Exponents { first, last, step } = exponents(unit);
    // The power of two that none of its values is above.
    let octave = lowered(key << (FINEST - schema), FINEST);
    let above = octave.clamp(first, last + step) - first;
    (above + step - 1).cast_unsigned() / step.cast_unsigned()
}
