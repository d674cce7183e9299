//! What a histogram must keep, be it classic, native or both.

use super::ProtobufError as Fault;
use super::model::{BucketSpan, Histogram};

pub(super) fn check(histogram: &Histogram) -> Result<(), Fault> {
    if histogram.sample_count.is_none() {
        return Err(Fault::Missing("sample_count"));
    }
    if histogram.sample_sum.is_none() {
        return Err(Fault::Missing("sample_sum"));
    }
    check_buckets(histogram)?;
    match histogram.schema {
        Some(schema) => check_native(histogram, schema),
        None => Ok(()),
    }
}

fn check_buckets(histogram: &Histogram) -> Result<(), Fault> {
    let mut before: Option<(f64, u64)> = None;
    for bucket in &histogram.bucket {
        let bound = bucket.upper_bound.ok_or(Fault::Missing("upper_bound"))?;
        let count = bucket.cumulative_count;
        let count = count.ok_or(Fault::Missing("cumulative_count"))?;
        if bound.is_nan() || before.is_some_and(|(below, _)| below >= bound) {
            return Err(Fault::Bucket("has a bound that doesn't rise"));
        }
        if before.is_some_and(|(_, below)| below > count) {
            return Err(Fault::Bucket("holds less than the one before"));
        }
        if count > histogram.sample_count() {
            return Err(Fault::Bucket("holds more than the count"));
        }
        if bound == f64::INFINITY && count != histogram.sample_count() {
            return Err(Fault::Bucket("up to infinity holds less than the count"));
        }
        before = Some((bound, count));
    }
    Ok(())
}

fn check_native(histogram: &Histogram, schema: i32) -> Result<(), Fault> {
    if !(-4..=8).contains(&schema) {
        return Err(Fault::Schema(schema));
    }
    let positive = sum(&histogram.positive_span, &histogram.positive_delta)?;
    let negative = sum(&histogram.negative_span, &histogram.negative_delta)?;
    let spans = histogram.positive_span.len() + histogram.negative_span.len();
    // Prometheus takes one with a threshold or a count for native as well.
    let marked = histogram.zero_threshold() > 0.0 || histogram.zero_count() > 0;
    if spans == 0 && !marked {
        return Err(Fault::NoSpan);
    }
    let count = histogram.sample_count();
    let sum = positive + negative + histogram.zero_count();
    // NaN is counted, and is in no bucket (P6).
    let nan = histogram.sample_sum().is_nan();
    if sum != count && !(nan && sum < count) {
        return Err(Fault::Count { count, sum });
    }
    if histogram.exemplars.iter().any(|it| it.timestamp.is_none()) {
        return Err(Fault::ExemplarWithoutTimestamp);
    }
    Ok(())
}

/// What the buckets of one sign hold.
fn sum(spans: &[BucketSpan], deltas: &[i64]) -> Result<u64, Fault> {
    let length = spans.iter().map(|span| u64::from(span.length())).sum();
    let given = deltas.len() as u64;
    if length != given {
        return Err(Fault::Spans {
            spans: length,
            deltas: given,
        });
    }
    if spans.iter().skip(1).any(|span| span.offset() < 0) {
        return Err(Fault::Offset);
    }
    let mut bucket = 0_i64;
    deltas.iter().try_fold(0_u64, |sum, delta| {
        bucket += delta;
        let bucket = u64::try_from(bucket).map_err(|_| Fault::BelowZero)?;
        Ok(sum + bucket)
    })
}
