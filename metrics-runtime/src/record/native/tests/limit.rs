//! What happens when there are more buckets than may be served, or than cells.

use super::super::generation::Generation;
use super::super::key::{COARSEST, FINEST, tag};
use super::{bound, counted, histogram, key, numbers, read};
use crate::desc::Unit;
use crate::record::thread::{SLABS, observe_tagged};

// Mutations: `read` widens nothing; it stops before `max` buckets are left.
#[test]
fn past_the_limit_zero_widens_and_then_the_schema_falls() {
    let limited = histogram(1.1, 4);
    for value in [1.0, 1.2, 1e-7, -1e-7] {
        limited.observe(value);
    }
    let within = read(&limited);
    assert_eq!((within.schema, within.zero_count), (3, 0));
    limited.observe(1.5);
    let widened = read(&limited);
    assert_eq!((widened.schema, widened.zero_count), (3, 2));
    assert_eq!(widened.zero_threshold.to_bits(), 2f64.powi(-20).to_bits());
    assert_eq!(widened.positive, [(0, 1), (3, 1), (5, 1)]);
    limited.observe(2.0);
    limited.observe(4.0);
    let lowered = read(&limited);
    // At schema 2 five are left, and at 1 four.
    assert_eq!(lowered.schema, 1);
    assert_eq!(lowered.positive, [(0, 1), (1, 1), (2, 2), (4, 1)]);
    assert_eq!((lowered.count, counted(&lowered)), (7, 7));
}

// Mutation: `widened` is -20 at every schema.
#[test]
fn a_widened_zero_ends_where_a_bucket_does() {
    for max in [2, 12, 30] {
        let wide = histogram(1.1, max);
        for exponent in -300_i32..300 {
            wide.observe(2f64.powi(exponent) * 1.01);
        }
        let reading = read(&wide);
        let (first, _) = reading.positive[0];
        let lower = bound(reading.schema, first - 1);
        assert!(lower >= reading.zero_threshold, "{reading:?}");
        assert!(reading.zero_threshold > 1e-7);
        assert_eq!((reading.count, counted(&reading)), (600, 600));
    }
}

#[test]
fn neither_schema_nor_threshold_ever_goes_back() {
    let wide = histogram(1.002, 40);
    let mut before = read(&wide);
    for (nth, bits) in numbers().take(6_000).enumerate() {
        let spread = f64::from(u32::try_from(nth / 20).unwrap());
        let exponent =
            f64::from(u16::try_from(bits % 1_000).unwrap()) / 1_000.0 * spread - spread / 2.0;
        wide.observe(exponent.exp2());
        if nth % 16 == 0 {
            let reading = read(&wide);
            assert!(reading.schema <= before.schema);
            assert!(reading.zero_threshold >= before.zero_threshold);
            assert!(reading.zero_count >= before.zero_count);
            assert!(reading.positive.len() <= 40);
            assert_eq!(reading.count, nth as u64 + 1);
            assert_eq!(counted(&reading), reading.count);
            before = reading;
        }
    }
    assert!(before.schema < 2);
}

// Mutation: `read` widens only when there are too many buckets.
#[test]
fn what_was_widened_stays_when_a_generation_has_wider_buckets() {
    let long = histogram(1.002, 500);
    let mut before = read(&long);
    for key in 0..800 {
        long.observe(bound(8, key).next_down());
        let reading = read(&long);
        assert!(reading.zero_threshold >= before.zero_threshold, "{key}");
        assert!(reading.schema <= before.schema, "{key}");
        assert_eq!(counted(&reading), before.count + 1);
        before = reading;
    }
    assert_eq!(before.schema, 7);
}

// Mutation: in `home` what is below zero is not kept far from what is above.
#[test]
fn the_last_generation_has_a_place_for_every_number() {
    for initial in [COARSEST, FINEST] {
        let nth = (0..).take_while(|&nth| Generation::schema(initial, nth).is_some());
        let last = nth.last().expect("there is a first one");
        let last = Generation::new(initial, last).expect("there are cells");
        assert_eq!(last.schema, COARSEST);
        let by = FINEST - COARSEST;
        let keys = key(COARSEST, f64::from_bits(1))..=key(COARSEST, f64::INFINITY);
        let mut observed = 0;
        for negative in [false, true] {
            for key in keys.clone().rev().chain(keys.clone()) {
                let tag = tag(key << by, by, negative);
                assert!(observe_tagged(last.cells, tag, |sum| sum), "{key}");
                observed += 1;
            }
        }
        let tables: Vec<_> = SLABS.tables().collect();
        let counts = last.read(&tables, Unit::Value);
        let counted: u64 = counts.buckets().map(|(_, _, count)| count).sum();
        assert_eq!(counted, observed);
    }
}
