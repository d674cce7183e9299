//! Which bucket a value belongs to.

use super::super::key::{COARSEST, FINEST, finest_key_of_nanos, of_tag, tag};
use super::{bound, key, numbers};
use crate::record::native::key::{finest_key, lowered};
use std::num::NonZero;

// Mutations: `finest_key` takes one step less from the start of a slice;
// `lowered` rounds down.
#[test]
fn a_key_is_that_of_the_bounds_around_a_value() {
    let sizes = numbers().map(|bits| f64::from_bits(bits & (u64::MAX >> 1)));
    let near_one = numbers().map(|bits| f64::from_bits(bits >> 12 | 1023 << 52));
    let sizes = sizes.filter(|size| size.is_normal()).take(20_000);
    for value in sizes.chain(near_one.take(20_000)) {
        for schema in COARSEST..=FINEST {
            let key = key(schema, value);
            // The oracle's bounds are off by a last bit or so.
            let (lower, upper) = (bound(schema, key - 1), bound(schema, key));
            let slack = 1.0 + 4.0 * f64::EPSILON;
            assert!(lower / slack <= value, "{value} at {schema}");
            assert!(value <= upper * slack, "{value} at {schema}");
        }
    }
}

// Mutation: `BOUNDS` is compared with `<=`.
#[test]
fn a_power_of_two_is_the_last_value_of_its_bucket() {
    for exponent in -1022..=1023 {
        let power = f64::from(exponent).exp2();
        for schema in 0..=FINEST {
            let expected = exponent << schema;
            assert_eq!(key(schema, power), expected, "2^{exponent} at {schema}");
            assert_eq!(key(schema, power.next_up()), expected + 1);
            assert_eq!(key(schema, power.next_down()), expected);
        }
        for schema in COARSEST..0 {
            let octaves = 1 << -schema;
            let expected = exponent.div_euclid(octaves) + i32::from(exponent % octaves != 0);
            assert_eq!(key(schema, power), expected, "2^{exponent} at {schema}");
            let above = exponent.div_euclid(octaves) + 1;
            assert_eq!(key(schema, power.next_up()), above);
        }
    }
}

// The bounds of client_golang's `nativeHistogramBounds` at schema 3, of which some
// are off by the last bit, as those of other libraries are elsewhere; ours are cut
// off from the exact powers.
#[test]
fn bounds_within_an_octave_are_those_of_prometheus() {
    let bounds: [f64; 8] = [
        0.5,
        0.545_253_866_332_628_8,
        0.594_603_557_501_360_5,
        0.648_419_777_325_504_8,
        0.707_106_781_186_547_5,
        0.771_105_412_703_970_4,
        0.840_896_415_253_714_4,
        0.917_004_043_204_671_1,
    ];
    for (bound, expected) in bounds.into_iter().zip(-8..) {
        assert_eq!(key(3, bound.next_down()), expected);
        assert_eq!(key(3, bound.next_up().next_up()), expected + 1);
    }
    let root = std::f64::consts::FRAC_1_SQRT_2;
    assert_eq!(
        key(1, root),
        0,
        "it is rounded up from the root, so above it"
    );
    assert_eq!(key(1, root.next_down()), -1);
}

#[test]
fn the_ends_of_the_numbers_have_keys() {
    let least = f64::from_bits(1);
    for (value, at_8, at_3, at_lowest) in [
        (f64::MAX, 262_144, 8_192, 64),
        (f64::INFINITY, 262_145, 8_193, 65),
        (f64::MIN_POSITIVE, -261_632, -8_176, -63),
        (least, -274_944, -8_592, -67),
        (least * 2.0, -274_688, -8_584, -67),
        (least * 3.0, -274_538, -8_579, -67),
    ] {
        assert_eq!(key(8, value), at_8, "{value}");
        assert_eq!(key(3, value), at_3, "{value}");
        assert_eq!(key(-4, value), at_lowest, "{value}");
    }
}

fn key_of_nanos(nanos: u64) -> i32 {
    finest_key_of_nanos(NonZero::new(nanos).expect("it isn't zero"))
}

// Mutations: `finest_key_of_nanos` adds one less than the bucket of a nanosecond;
// `bound` takes nanoseconds for values.
#[test]
fn nanoseconds_have_the_keys_of_seconds() {
    let numbers = numbers().take(100_000);
    let durations = numbers
        .enumerate()
        .map(|(nth, bits)| bits >> (11 + nth % 53) | 1);
    for nanos in durations.chain(1..=10_000) {
        #[expect(clippy::cast_precision_loss, reason = "they have 53 bits")]
        let seconds = nanos as f64 / 1e9;
        assert_eq!(key_of_nanos(nanos), finest_key(seconds), "{nanos}");
    }
}

// Mutation: numbers are compared with `>=` to what is left of a bound.
#[test]
fn the_nanoseconds_of_a_power_of_two_are_the_last_of_their_bucket() {
    // 2^-9 seconds are 1,953,125 nanoseconds.
    for exponent in -9..=23 {
        let nanos = 1_953_125 << (exponent + 9);
        assert_eq!(key_of_nanos(nanos), exponent << FINEST, "2^{exponent}");
        assert_eq!(key_of_nanos(nanos + 1), (exponent << FINEST) + 1);
        assert!(key_of_nanos(nanos - 1) <= exponent << FINEST);
    }
}

// Mutation: `tag` rounds the other way.
#[test]
fn a_tag_says_which_bucket_it_is_at_each_schema() {
    let (least, most) = (finest_key(f64::from_bits(1)), finest_key(f64::INFINITY));
    for finest in (least..=most).step_by(7).chain([most]) {
        for by in 0..=FINEST - COARSEST {
            for negative in [false, true] {
                let tag = tag(finest, by, negative);
                assert!(tag != 0 && tag < 1 << 22);
                assert_eq!(of_tag(tag, by), (lowered(finest, by), negative));
            }
        }
    }
}
