//! Length-delimited `io.prometheus.client.MetricFamily` messages.
//!
//! Field numbers are those of `metrics.proto` in
//! <https://github.com/prometheus/client_model>.

mod collected;
mod family;
mod native;
mod wire;

pub(super) use collected::write;
pub(super) use family::{Fixed, Message};

use crate::record::NativeReading;
use crate::record::exemplar::Kept;

/// Fields of a `MetricFamily`.
mod family_field {
    pub(super) const NAME: u32 = 1;
    pub(super) const HELP: u32 = 2;
    pub(super) const TYPE: u32 = 3;
    pub(super) const METRIC: u32 = 4;
    pub(super) const UNIT: u32 = 5;
}

/// Fields of a `Metric`.
mod metric_field {
    pub(super) const LABEL: u32 = 1;
    pub(super) const GAUGE: u32 = 2;
    pub(super) const COUNTER: u32 = 3;
    pub(super) const SUMMARY: u32 = 4;
    pub(super) const UNTYPED: u32 = 5;
    pub(super) const TIMESTAMP_MS: u32 = 6;
    pub(super) const HISTOGRAM: u32 = 7;
}

/// Values of a `MetricType`.
#[derive(Clone, Copy, Debug)]
enum Type {
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
}

/// Writes a label pair as the field of a metric.
fn label(out: &mut Vec<u8>, scratch: &mut Vec<u8>, name: &str, value: &str) {
    scratch.clear();
    wire::bytes(scratch, 1, name.as_bytes());
    wire::bytes(scratch, 2, value.as_bytes());
    wire::bytes(out, metric_field::LABEL, scratch);
}

/// Writes milliseconds of Unix as a `google.protobuf.Timestamp`.
fn timestamp(out: &mut Vec<u8>, field: u32, millis: u64) {
    let mut message = Vec::with_capacity(16);
    wire::integer(&mut message, 1, millis / 1_000);
    wire::integer(&mut message, 2, millis % 1_000 * 1_000_000);
    wire::bytes(out, field, &message);
}

/// Writes an exemplar.
fn write_exemplar(out: &mut Vec<u8>, field: u32, kept: &Kept) {
    let (mut message, mut pair) = (Vec::new(), Vec::new());
    for (name, value) in kept.labels() {
        // Its labels have the number of a metric's.
        label(&mut message, &mut pair, name, value);
    }
    wire::double(&mut message, 2, kept.value());
    timestamp(&mut message, 3, kept.unix_millis());
    wire::bytes(out, field, &message);
}

/// Writes the fields of a family that aren't its metrics.
fn head(out: &mut Vec<u8>, name: &str, help: &str, kind: Type, unit: &str) {
    wire::bytes(out, family_field::NAME, name.as_bytes());
    wire::bytes(out, family_field::HELP, help.as_bytes());
    wire::integer(out, family_field::TYPE, kind as u64);
    if !unit.is_empty() {
        wire::bytes(out, family_field::UNIT, unit.as_bytes());
    }
}

/// The value of a metric of one number, as its field.
fn number(
    out: &mut Vec<u8>,
    kind: Type,
    value: f64,
    created: Option<u64>,
    exemplar: Option<&Kept>,
) {
    let mut message = Vec::with_capacity(32);
    wire::double(&mut message, 1, value);
    let field = match kind {
        Type::Counter => {
            if let Some(kept) = exemplar {
                write_exemplar(&mut message, 2, kept);
            }
            if let Some(created) = created {
                timestamp(&mut message, 3, created);
            }
            metric_field::COUNTER
        }
        Type::Gauge => metric_field::GAUGE,
        Type::Summary | Type::Untyped | Type::Histogram => metric_field::UNTYPED,
    };
    wire::bytes(out, field, &message);
}

/// A histogram, as the field of its metric. The bucket up to `+Inf` is the
/// count, and stands there only for its exemplar.
fn histogram(
    out: &mut Vec<u8>,
    buckets: impl Iterator<Item = (f64, u64, Option<Kept>)>,
    sum: f64,
    count: u64,
    created: Option<u64>,
    native: Option<&NativeReading>,
) {
    let (mut message, mut bucket) = (Vec::with_capacity(512), Vec::with_capacity(32));
    wire::integer(&mut message, 1, count);
    wire::double(&mut message, 2, sum);
    let mut exemplars = Vec::new();
    for (bound, cumulated, exemplar) in buckets {
        bucket.clear();
        wire::integer(&mut bucket, 1, cumulated);
        wire::double(&mut bucket, 2, bound);
        if let Some(kept) = exemplar {
            write_exemplar(&mut bucket, 3, &kept);
            exemplars.push(kept);
        }
        wire::bytes(&mut message, 3, &bucket);
    }
    if let Some(reading) = native {
        native::write(&mut message, reading);
    }
    if let Some(created) = created {
        timestamp(&mut message, 15, created);
    }
    if native.is_some() {
        native::write_exemplars(&mut message, &exemplars);
    }
    wire::bytes(out, metric_field::HISTOGRAM, &message);
}
