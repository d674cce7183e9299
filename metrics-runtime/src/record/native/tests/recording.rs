//! What is counted, and what a scrape sees meanwhile.

use super::super::NATIVES;
use super::super::key::finest_key;
use super::{counted, histogram, numbers, read};
use std::sync::atomic::{AtomicBool, Ordering};

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

#[test]
fn nothing_is_lost_while_generations_are_made() {
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
            series.observe(Some(finest_key(2.0)), false, |sum| {
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
