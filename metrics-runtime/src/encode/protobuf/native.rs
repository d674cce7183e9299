//! The native part of a histogram's message.
//!
//! <https://prometheus.io/docs/specs/native_histograms/>

use super::{wire, write_exemplar};
use crate::record::NativeReading;
use crate::record::exemplar::Kept;

/// Writes schema, zero bucket and buckets.
pub(super) fn write(out: &mut Vec<u8>, reading: &NativeReading) {
    wire::signed(out, 5, i64::from(reading.schema));
    wire::double(out, 6, reading.zero_threshold);
    wire::integer(out, 7, reading.zero_count);
    buckets(out, 9, &reading.negative);
    buckets(out, 12, &reading.positive);
    if reading.positive.is_empty() && reading.negative.is_empty() {
        // Without a span, a histogram without observations isn't told from a
        // classic one.
        span(out, 12, 0, 0);
    }
}

/// The most exemplars that a native histogram has, as in Prometheus' client
/// libraries.
const MOST: usize = 10;

/// Writes exemplars of the histogram as such: all of them, or some that are spread
/// over those of the buckets.
pub(super) fn write_exemplars(out: &mut Vec<u8>, kept: &[Kept]) {
    let count = kept.len().min(MOST);
    let spread = (0..count).filter_map(|nth| kept.get(nth * kept.len() / count));
    spread.for_each(|kept| write_exemplar(out, 16, kept));
}

fn span(out: &mut Vec<u8>, field: u32, offset: i32, length: u64) {
    let mut message = Vec::with_capacity(16);
    wire::signed(&mut message, 1, i64::from(offset));
    wire::integer(&mut message, 2, length);
    wire::bytes(out, field, &message);
}

/// Writes runs of buckets as spans, and each count as what it is more than the
/// one before; the field of the counts follows that of the spans.
fn buckets(out: &mut Vec<u8>, field: u32, buckets: &[(i32, u64)]) {
    let mut end = 0;
    for run in buckets.chunk_by(|(key, _), (next, _)| *next == key + 1) {
        if let Some((first, _)) = run.first() {
            span(out, field, first - end, run.len() as u64);
        }
        if let Some((last, _)) = run.last() {
            end = last + 1;
        }
    }
    let mut before = 0;
    for (_, count) in buckets {
        let count = count.cast_signed();
        wire::signed(out, field + 1, count - before);
        before = count;
    }
}

#[cfg(test)]
mod tests {
    use super::{buckets, write};
    use crate::record::NativeReading;

    // P4. Mutations: the offset of a further span counts from the first bucket;
    // counts instead of differences.
    #[test]
    fn runs_are_spans_and_counts_are_differences() {
        let mut out = Vec::new();
        buckets(&mut out, 12, &[(-3, 2), (-2, 5), (1, 1)]);
        let spans = b"\x62\x04\x08\x05\x10\x02\x62\x04\x08\x04\x10\x01";
        let deltas = b"\x68\x04\x68\x06\x68\x07";
        assert_eq!(out, [&spans[..], deltas].concat());
    }

    // P3. Mutation: no span.
    #[test]
    fn an_empty_histogram_has_a_span_of_no_buckets() {
        let empty = NativeReading {
            schema: 3,
            zero_threshold: 0.0,
            zero_count: 0,
            positive: Vec::new(),
            negative: Vec::new(),
            sum: 0.0,
            count: 0,
        };
        let mut out = Vec::new();
        write(&mut out, &empty);
        assert!(out.ends_with(b"\x62\x04\x08\x00\x10\x00"));
    }
}
