//! Which bucket a value belongs to.
//!
//! The bucket with the key k holds what is above base^(k-1) and not above base^k,
//! where the base is 2^(2^-schema). Keys are found at the finest schema, and those
//! of the others follow from them: a bucket of one schema is two of the next.

/// The schema with the narrowest buckets.
pub(crate) const FINEST: i32 = 8;

/// The schema with the widest buckets, each of sixteen octaves.
pub(crate) const COARSEST: i32 = -4;

/// Buckets of an octave at the finest schema.
pub(super) const PER_OCTAVE: i32 = 1 << FINEST;

/// Bits of a double's fraction.
const FRACTION: u32 = 52;
const FRACTION_MASK: u64 = (1 << FRACTION) - 1;

/// Bits of the fraction that [`STARTS`] is indexed by.
const SLICE: u32 = 8;

/// Fractions of the powers of the base within an octave, cut off: a double is
/// above a power just if it is above what is left of it. The rest stands for the
/// next octave, and makes the length one that an index is masked by.
static BOUNDS: [u64; 2 * PER_OCTAVE as usize] = bounds();

/// The first bound that isn't below the start of a slice of fractions. There are
/// at most two within a slice.
static STARTS: [u16; 1 << SLICE] = starts();

#[expect(
    clippy::cast_possible_truncation,
    reason = "a power below two has 53 bits"
)]
const fn bounds() -> [u64; 2 * PER_OCTAVE as usize] {
    let mut bounds = [u64::MAX; 2 * PER_OCTAVE as usize];
    let mut nth = 0;
    while nth < PER_OCTAVE as usize {
        // 2^(nth/256), from the lowest bit of `nth` on: each root halves the
        // exponent so far, and the error, which stays below 2^-62.
        let mut power: u128 = 1 << 63;
        let mut bit = 0;
        while bit < FINEST {
            power = (power << (nth >> bit & 1) << 63).isqrt();
            bit += 1;
        }
        bounds[nth] = (power >> (63 - FRACTION)) as u64 & FRACTION_MASK;
        nth += 1;
    }
    bounds
}

const fn starts() -> [u16; 1 << SLICE] {
    let bounds = bounds();
    let mut starts = [0; 1 << SLICE];
    let mut slice = 0;
    let mut bound = 0;
    while slice < starts.len() {
        while bounds[bound as usize] < (slice as u64) << (FRACTION - SLICE) {
            bound += 1;
        }
        starts[slice] = bound;
        slice += 1;
    }
    starts
}

/// The key of a value above zero at the finest schema. What is infinite has the
/// one behind that of the largest number, as in Prometheus' client libraries.
#[inline]
pub(super) fn finest_key(value: f64) -> i32 {
    let bits = value.to_bits();
    if bits >= f64::INFINITY.to_bits() {
        return 1024 * PER_OCTAVE + 1;
    }
    if bits <= FRACTION_MASK {
        // A number below the normal ones, by a power of two that makes it one.
        return finest_key(value * 2f64.powi(64)) - 64 * PER_OCTAVE;
    }
    let fraction = bits & FRACTION_MASK;
    let start = STARTS[(fraction >> (FRACTION - SLICE)) as usize % STARTS.len()];
    let mut nth = usize::from(start);
    nth += usize::from(BOUNDS[nth % BOUNDS.len()] < fraction);
    nth += usize::from(BOUNDS[nth % BOUNDS.len()] < fraction);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "an exponent has eleven bits, and an octave 256 buckets"
    )]
    let (exponent, nth) = ((bits >> FRACTION) as i32 - 1023, nth as i32);
    exponent * PER_OCTAVE + nth
}

/// The key of the bucket that holds the one of this key, with a schema that is
/// lower `by` so much.
#[inline]
pub(super) const fn lowered(key: i32, by: i32) -> i32 {
    // Upper bounds belong to their buckets, so this rounds up.
    (key + (1 << by) - 1) >> by
}

/// A bucket of a directory: the key and the sign in one number, which isn't zero.
#[inline]
#[expect(clippy::cast_sign_loss, reason = "no key is below the bias")]
pub(super) fn packed(key: i32, negative: bool) -> u32 {
    (key + BIAS) as u32 | u32::from(negative) << SIGN
}

/// The key and the sign.
#[expect(clippy::cast_possible_wrap, reason = "keys have 21 bits")]
pub(super) fn unpacked(packed: u32) -> (i32, bool) {
    let key = packed & ((1 << SIGN) - 1);
    (key as i32 - BIAS, packed >> SIGN != 0)
}

/// More than the key of any value is below zero.
const BIAS: i32 = 1 << 20;

/// The bit of the sign.
pub(super) const SIGN: u32 = 21;

const _: () = assert!(
    1075 * PER_OCTAVE < BIAS && 1025 * PER_OCTAVE < BIAS,
    "keys don't reach the sign"
);
