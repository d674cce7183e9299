//! Which bucket a value belongs to.
//!
//! The bucket with the key k holds what is above base^(k-1) and not above base^k,
//! where the base is 2^(2^-schema). Keys are found at the finest schema, and those
//! of the others follow from them: a bucket of one schema is two of the next.
//!
//! A number is looked up by its highest bits: a power of two, and where it stands
//! on the way to the next one. Durations are looked up as whole nanoseconds, in a
//! table of their own, since a second isn't a power of two of them.

use crate::record::tagged::SIGN;
use std::num::NonZero;

/// The schema with the narrowest buckets.
pub(crate) const FINEST: i32 = 8;

/// The schema with the widest buckets, each of sixteen octaves.
pub(crate) const COARSEST: i32 = -4;

/// Buckets of an octave at the finest schema.
pub(super) const PER_OCTAVE: i32 = 1 << FINEST;

/// Bits of a double's fraction.
const FRACTION: u32 = 52;

/// An octave is cut into so many slices of one length: each is shorter than any
/// bucket, so that at most one bound lies in it.
const SLICES: usize = 2 * PER_OCTAVE as usize;

/// Low bits that no number with 53 bits has when its highest one is at the top.
const SPARE: u32 = 64 - 1 - FRACTION;

/// Of each slice of an octave the first bound that isn't below its start, cut off
/// to 53 bits, and in the spare bits which bound that is. A number of 53 bits is
/// above a bound just if it is above what is left of it.
/// What comes before them is never looked up, and saves a mask.
type Bounds = [u64; 2 * SLICES];

/// The bounds between one and two: the powers of the base.
static OF_VALUES: Bounds = bounds(false);

/// The bounds between a power of two of nanoseconds and the next.
static OF_NANOS: Bounds = bounds(true);

/// The key of the bucket that has one nanosecond.
const OF_ONE_NANO: i32 = -7653;

/// 2^(nth/256), times 2^63.
const fn power(nth: u32) -> u128 {
    // From the lowest bit of `nth` on: each root halves the exponent so far, and
    // the error, which stays below 2^-62.
    let mut power: u128 = 1 << 63;
    let mut bit = 0;
    while bit < FINEST {
        power = (power << (nth >> bit & 1) << 63).isqrt();
        bit += 1;
    }
    power
}

/// The nth bound from one on, of values or of nanoseconds, times 2^63.
const fn bound(nth: i32, of_nanos: bool) -> u128 {
    let key = if of_nanos { nth + OF_ONE_NANO } else { nth };
    let octave = key.div_euclid(PER_OCTAVE);
    let power = power(key.rem_euclid(PER_OCTAVE).cast_unsigned());
    if of_nanos {
        // A second has less than 2^30 nanoseconds.
        (power * 1_000_000_000) >> octave.unsigned_abs()
    } else {
        power << octave
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what is past the octave is cut off before"
)]
const fn bounds(of_nanos: bool) -> Bounds {
    let mut bounds = [0; 2 * SLICES];
    let mut nth = 0;
    let mut slice = SLICES;
    while slice < 2 * SLICES {
        let start = slice as u128 * (1 << 63) / SLICES as u128;
        let mut next = bound(nth, of_nanos) >> SPARE << SPARE;
        while next < start {
            nth += 1;
            next = bound(nth, of_nanos) >> SPARE << SPARE;
        }
        let last = u64::MAX >> SPARE << SPARE;
        let cut = if next > last as u128 {
            last
        } else {
            next as u64
        };
        bounds[slice] = cut | nth.cast_unsigned() as u64;
        slice += 1;
    }
    bounds
}

/// The key of a number with 53 bits, of which the highest is at the top, in the
/// octave from this power of two on.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is left has eleven bits"
)]
fn key(bounds: &Bounds, number: u64, exponent: i32) -> i32 {
    let bound = bounds[(number >> (63 - SLICES.ilog2())) as usize];
    let nth = (bound & ((1 << SPARE) - 1)) as i32;
    // The bits that say which bound it is are below those of any number.
    exponent * PER_OCTAVE + nth + i32::from(number > bound)
}

/// The key of a value above zero at the finest schema. What is infinite has the
/// one behind that of the largest number, as in Prometheus' client libraries.
#[inline]
pub(super) fn finest_key(value: f64) -> i32 {
    let bits = value.to_bits();
    if bits >= f64::INFINITY.to_bits() {
        return 1024 * PER_OCTAVE + 1;
    }
    if bits < f64::MIN_POSITIVE.to_bits() {
        // A number below the normal ones, by a power of two that makes it one.
        return finest_key(value * 2f64.powi(64)) - 64 * PER_OCTAVE;
    }
    let exponent = (bits >> FRACTION) as i32 - 1023;
    key(&OF_VALUES, bits << SPARE | 1 << 63, exponent)
}

/// The key of a duration at the finest schema, whose bounds are in seconds.
#[inline]
pub(super) fn finest_key_of_nanos(nanos: NonZero<u64>) -> i32 {
    let exponent = nanos.ilog2();
    let number = nanos.get() << nanos.leading_zeros();
    key(&OF_NANOS, number, exponent.cast_signed()) + OF_ONE_NANO
}

/// The key of the bucket that holds the one of this key, with a schema that is
/// lower `by` so much.
#[inline]
pub(super) const fn lowered(key: i32, by: i32) -> i32 {
    // Upper bounds belong to their buckets, so this rounds up.
    -(-key >> by)
}

/// More than the keys of the finest schema are above zero or below.
const BIAS: i32 = 1 << 20;

const _: () = assert!(
    1075 * PER_OCTAVE < BIAS && 1025 * PER_OCTAVE < BIAS && 2 * BIAS <= 1 << SIGN,
    "keys don't reach the sign"
);

/// The tag of the bucket that has this key at the finest schema, with a schema that
/// is lower `by` so much: [`lowered`], the other way round, so that it takes less.
#[inline]
pub(super) const fn tag(finest: i32, by: i32, negative: bool) -> u32 {
    ((BIAS - finest) >> by).cast_unsigned() | (negative as u32) << SIGN
}

/// The key and the sign of a bucket with this tag, with a schema that is lower `by`
/// so much.
pub(super) const fn of_tag(tag: u32, by: i32) -> (i32, bool) {
    let place = tag & ((1 << SIGN) - 1);
    ((BIAS >> by) - place.cast_signed(), tag >> SIGN != 0)
}
