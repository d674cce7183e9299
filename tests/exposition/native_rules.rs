//! The rules of native histograms, as a scraper decodes them.

use integration_tests::protobuf;
use integration_tests::protobuf::model::{BucketSpan, Histogram};
use metrics_runtime::{Format, NativeBuckets, Registry, global};

/// What a scraper gets after these observations.
fn observed(buckets: NativeBuckets, values: &[f64]) -> Histogram {
    let registry = Registry::new();
    let made = registry.native_histogram("size", "Sizes.", buckets);
    let sizes = made.expect("it is valid");
    for value in values {
        sizes.observe(*value);
    }
    let page = registry.encode(Format::Protobuf);
    let families = protobuf::read(&page).expect("the page is valid");
    let family = families.into_iter().find(|family| family.name() == "size");
    let mut family = family.expect("the family is there");
    let histogram = family.metric.remove(0).histogram;
    histogram.expect("it is a histogram")
}

/// Keys and counts of buckets.
fn buckets(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, i64)> {
    let (mut key, mut count) = (0, 0);
    let mut deltas = deltas.iter();
    let mut buckets = Vec::new();
    for span in spans {
        key += span.offset();
        for delta in deltas.by_ref().take(span.length() as usize) {
            count += delta;
            buckets.push((key, count));
            key += 1;
        }
    }
    buckets
}

fn positive(histogram: &Histogram) -> Vec<(i32, i64)> {
    buckets(&histogram.positive_span, &histogram.positive_delta)
}

fn dropped() -> u64 {
    let page = global().to_text();
    let line = "metrics_dropped_observations_total{reason=\"nan\"} ";
    let count = page.lines().find_map(|given| given.strip_prefix(line));
    count.map_or(0, |count| count.parse().expect("it is a number"))
}

// P6. NaN is refused and counted, which the design has instead of the count plus
// one. Mutation: what is infinite is in the bucket of the largest number.
#[test]
fn what_is_infinite_is_past_the_largest_number_and_nan_is_refused() {
    let before = dropped();
    let values = [f64::MAX, f64::INFINITY, -f64::INFINITY, f64::NAN];
    let histogram = observed(NativeBuckets::default(), &values);
    // Other tests of this program may give some at the same time.
    assert!(dropped() > before);
    assert_eq!(histogram.sample_count(), 3);
    // Of infinities of both signs.
    assert!(histogram.sample_sum().is_nan());
    assert_eq!(histogram.schema(), 3);
    assert_eq!(positive(&histogram), [(8_192, 1), (8_193, 1)]);
    let negative = buckets(&histogram.negative_span, &histogram.negative_delta);
    assert_eq!(negative, [(8_193, 1)]);
    let one = observed(NativeBuckets::default(), &[1.0, f64::INFINITY]);
    assert_eq!(one.sample_sum().to_bits(), f64::INFINITY.to_bits());
}

// P7. Counts aren't reset first, since what is served never falls. Mutation: the
// schema stays.
#[test]
fn there_are_160_buckets_unless_more_are_asked_for() {
    // Half an octave, which is four buckets of schema 3, from one to the next.
    let values: Vec<f64> = (0..400).map(|nth| f64::from(nth).exp2().sqrt()).collect();
    let limited = observed(NativeBuckets::default(), &values);
    assert!(positive(&limited).len() <= 160);
    assert!((-4..3).contains(&limited.schema()), "{}", limited.schema());
    assert_eq!(limited.sample_count(), 400);
    let all: i64 = positive(&limited).iter().map(|(_, count)| count).sum();
    assert_eq!(all, 400);
    // Around zero first, which keeps the schema.
    let small: Vec<f64> = (0..320).map(|nth| (f64::from(-nth) / 8.0).exp2()).collect();
    let widened = observed(NativeBuckets::default(), &small);
    assert!(widened.zero_count() > 0);
    assert_eq!(widened.zero_threshold().to_bits(), 2f64.powi(-20).to_bits());
    let more = NativeBuckets::new(1.1, 500).expect("it is valid");
    let more = observed(more, &values);
    assert_eq!((more.schema(), positive(&more).len()), (3, 400));
}

// P8. Mutation: a bucket of a lower schema ends where the next one begins.
#[test]
fn a_power_of_two_is_the_last_value_of_its_bucket() {
    for exponent in [-126, -1, 0, 1, 10, 1023] {
        let power = f64::from(exponent).exp2();
        let values = [power.next_down(), power, power.next_up()];
        let histogram = observed(NativeBuckets::default(), &values);
        let key = 8 * exponent;
        assert_eq!(positive(&histogram), [(key, 2), (key + 1, 1)]);
    }
    let largest = observed(NativeBuckets::default(), &[f64::MAX]);
    assert_eq!(positive(&largest), [(8 * 1_024, 1)]);
}
