use super::generation::Generation;
use super::key::{COARSEST, FINEST, finest_key, lowered};
use super::{NATIVES, NativeReading};
use crate::desc::Desc;
use crate::outcome::Outcome;
use crate::record::at;
use crate::record::scan::Scan;
use crate::{Histogram, NativeBuckets, Registry};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

fn histogram(factor: f64, max: u32) -> Histogram {
    let buckets = NativeBuckets::new(factor, max).expect("they are valid");
    let registry = Registry::new();
    registry
        .native_histogram("a", "A.", buckets)
        .expect("it is valid")
}

fn read(histogram: &Histogram) -> NativeReading {
    let mut scan = Scan::new();
    scan.refresh();
    scan.native(histogram.cell).expect("it is native")
}

/// The upper bound of a bucket.
fn bound(schema: i32, key: i32) -> f64 {
    (f64::from(key) * f64::from(-schema).exp2()).exp2()
}

fn key(schema: i32, value: f64) -> i32 {
    lowered(finest_key(value), FINEST - schema)
}

/// Numbers that look random, from a linear congruence.
fn numbers() -> impl Iterator<Item = u64> {
    let next = |state: &u64| Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1));
    std::iter::successors(Some(42), next).map(|state| state >> 12 ^ state << 40)
}

/// The counts of all buckets, that around zero included.
fn counted(reading: &NativeReading) -> u64 {
    let buckets = reading.positive.iter().chain(&reading.negative);
    reading.zero_count + buckets.map(|(_, count)| count).sum::<u64>()
}

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

#[test]
fn what_is_infinite_is_one_past_the_largest_number() {
    let infinite = histogram(1.1, 160);
    for value in [f64::MAX, f64::INFINITY, -f64::MAX, -f64::INFINITY] {
        infinite.observe(value);
    }
    infinite.observe(f64::NAN);
    let reading = read(&infinite);
    assert_eq!(reading.positive, [(8_192, 1), (8_193, 1)]);
    assert_eq!(reading.negative, reading.positive);
    assert_eq!(reading.count, 4);
    assert!(reading.sum.is_nan());
    assert_eq!(infinite.snapshot().buckets.last(), Some(&2));
}

#[test]
fn values_near_zero_are_counted_around_it() {
    let small = histogram(1.1, 160);
    let threshold = f64::from(-128).exp2();
    for value in [0.0, -0.0, threshold, -threshold, f64::from_bits(1)] {
        small.observe(value);
    }
    small.observe(threshold.next_up());
    small.observe(-threshold.next_up());
    let reading = read(&small);
    assert_eq!(reading.zero_count, 5);
    assert_eq!(reading.zero_threshold.to_bits(), threshold.to_bits());
    assert_eq!(reading.positive, [(-1_023, 1)]);
    assert_eq!(reading.negative, [(-1_023, 1)]);
}

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

#[test]
fn nothing_is_lost_while_the_directory_fills() {
    const EACH: usize = 20_000;
    let shared = histogram(1.002, 160);
    let values: Vec<f64> = numbers()
        .map(|bits| f64::from_bits(bits & !(1 << 62)))
        .filter(|value| value.is_normal())
        .take(EACH)
        .collect();
    std::thread::scope(|scope| {
        for start in 0..8 {
            let (shared, values) = (&shared, &values);
            scope.spawn(move || {
                let values = values.iter().cycle().skip(start * EACH / 8).take(EACH);
                values.for_each(|value| shared.observe(*value));
            });
        }
    });
    let reading = read(&shared);
    assert_eq!(reading.count, 8 * EACH as u64);
    assert_eq!(counted(&reading), reading.count);
    assert_eq!(shared.count(), reading.count);
    // Each value was counted eight times, wherever that was.
    let buckets = reading.positive.iter().chain(&reading.negative);
    assert!(buckets.map(|(_, count)| count).all(|count| count % 8 == 0));
    assert_eq!(reading.zero_count % 8, 0);
    let series = NATIVES.series(shared.cell).expect("it was recorded into");
    let generations: Vec<i32> = series.generations().map(|made| made.schema).collect();
    assert!(generations.len() <= 14, "{generations:?}");
}

// Mutation: in `bucket` what is below zero is not kept far from what is above.
#[test]
fn the_last_generation_has_a_place_for_every_number() {
    for initial in [COARSEST, FINEST] {
        let nth = (0..).take_while(|&nth| Generation::plan(initial, nth).is_some());
        let last = nth.last().expect("there is a first one");
        let last = Generation::new(initial, last).expect("there are cells");
        assert_eq!(last.schema, COARSEST);
        let keys = key(COARSEST, f64::from_bits(1))..=key(COARSEST, f64::INFINITY);
        for negative in [false, true] {
            for key in keys.clone().rev().chain(keys.clone()) {
                assert!(last.bucket(key, negative).is_some(), "{key}");
            }
        }
    }
}

#[test]
fn a_quantile_is_within_the_error_of_its_bucket() {
    let even = histogram(1.1, 160);
    for nth in 1..=10_000 {
        even.observe(f64::from(nth));
    }
    let reading = read(&even);
    for (quantile, exact) in [(5_000, 5_000.0), (9_900, 9_900.0)] {
        let mut seen = 0;
        let found = reading.positive.iter().find(|(_, count)| {
            seen += count;
            seen >= quantile
        });
        let (key, _) = found.expect("the quantile exists");
        let (lower, upper) = (bound(3, key - 1), bound(3, *key));
        assert!(lower < exact && exact <= upper);
        assert!(upper / lower < 1.091);
    }
    assert!((reading.sum - 50_005_000.0).abs() < f64::EPSILON);
}

#[test]
fn fixed_bounds_never_count_a_value_too_early() {
    let values = histogram(1.1, 160);
    let expected = [
        (-5.0, 0),
        (0.0, 0),
        (4f64.powi(-5), 0),
        (4f64.powi(-5).next_up(), 1),
        (1.0, 5),
        (1.1, 6),
        (4.0, 6),
        (4f64.powi(15), 20),
        (1e300, 21),
    ];
    let mut counts = vec![0; 22];
    for (value, bucket) in expected {
        values.observe(value);
        counts[bucket] += 1;
        assert_eq!(values.snapshot().buckets, counts, "{value}");
    }
    let coarse = histogram(65_536.0, 160);
    coarse.observe(2.0);
    // Its bucket reaches to 65,536, which is 4^8.
    assert_eq!(coarse.snapshot().buckets[13], 1);
}

#[test]
fn a_family_is_on_the_page_with_fixed_bounds() {
    const WAIT: Desc = Desc::duration("wait_seconds", "Waits.", &["queue"])
        .by_outcome()
        .native(1.1, 160);
    let registry = Registry::new();
    let family = registry.builtin(&WAIT);
    let histogram: Histogram = at(&family, &["a"], Outcome::Ok);
    histogram.observe_duration(Duration::from_millis(3));
    histogram.observe(0.25);
    histogram.observe(100.0);
    let page = registry.to_text();
    for line in [
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.001953125"} 0"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.00390625"} 1"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.25"} 2"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="64"} 2"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="+Inf"} 3"#,
        r#"wait_seconds_sum{queue="a",outcome="ok"} 100.253"#,
        r#"wait_seconds_count{queue="a",outcome="ok"} 3"#,
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    assert_eq!(read(&histogram).positive, [(-67, 1), (-16, 1), (54, 1)]);
}

#[test]
fn the_fine_buckets_of_a_dense_family_are_its_own() {
    const SIZES: Desc = Desc::histogram("sizes", "Sizes.", &["kind"])
        .closed(&[&["a", "b", "c"]])
        .native(2.0, 160);
    let registry = Registry::new();
    let family = registry.builtin(&SIZES);
    for (kind, times) in [("a", 1), ("c", 3)] {
        let series: Histogram = at(&family, &[kind], Outcome::Ok);
        (0..times).for_each(|_| series.observe(7.0));
    }
    let counts = ["a", "b", "c"].map(|kind| {
        let series: Histogram = at(&family, &[kind], Outcome::Ok);
        read(&series).count
    });
    assert_eq!(counts, [1, 0, 3]);
}

#[test]
fn sum_and_count_belong_together_while_values_are_recorded() {
    let busy = histogram(1.1, 160);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    busy.observe(2.0);
                }
            });
        }
        let readings: Vec<_> = (0..2_000).map(|_| read(&busy)).collect();
        // Before anything can fail, since the writers wait for it.
        stop.store(true, Ordering::Relaxed);
        assert!(readings.is_sorted_by_key(|reading| reading.count));
        for reading in readings {
            let count = f64::from(u32::try_from(reading.count).unwrap());
            assert!((reading.sum - 2.0 * count).abs() < 0.5);
        }
    });
}

// Mutation: `read` widens only when there are too many buckets.
#[test]
fn what_was_widened_stays_when_a_generation_has_wider_buckets() {
    let long = histogram(1.002, 520);
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

// Mutation: `bucket` stores an entry without comparing.
#[test]
fn two_keys_that_race_for_a_place_get_two() {
    const KEYS: i16 = 24;
    for _ in 0..1_000 {
        let generation = Generation::new(0, 0).expect("there are cells");
        let waiting = AtomicUsize::new(2);
        let enter = |distance: i32| {
            waiting.fetch_sub(1, Ordering::Relaxed);
            while waiting.load(Ordering::Relaxed) > 0 {
                std::hint::spin_loop();
            }
            let buckets = (0..KEYS).map(|key| generation.bucket(i32::from(key) + distance, false));
            buckets.collect::<Vec<_>>()
        };
        let mut entered = std::thread::scope(|scope| {
            let other = scope.spawn(|| enter(64));
            let mut own = enter(0);
            own.extend(other.join().expect("it doesn't panic"));
            own
        });
        entered.sort_unstable();
        entered.dedup();
        assert_eq!(entered.len(), 2 * usize::try_from(KEYS).unwrap());
        assert!(entered.iter().all(Option::is_some));
    }
}

// Mutation: `read` keeps a torn reading.
#[test]
fn a_torn_reading_is_that_of_before() {
    let torn = histogram(1.1, 160);
    torn.observe(2.0);
    let before = read(&torn);
    let series = NATIVES.series(torn.cell).expect("it was recorded into");
    let (writing, read_twice) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            series.observe(2.0, |sum| {
                writing.store(true, Ordering::Relaxed);
                while !read_twice.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                (f64::from_bits(sum) + 2.0).to_bits()
            });
        });
        while !writing.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        let seen = [read(&torn), read(&torn)];
        read_twice.store(true, Ordering::Relaxed);
        assert_eq!(seen, [before.clone(), before]);
    });
    assert_eq!(read(&torn).count, 2);
}
