//! Families in cells.

use super::{FamilySnapshot, HistogramValue, NativeValue, SeriesSnapshot, SeriesValue};
use crate::collect::model;
use crate::desc::Kind;
use crate::name::LabelName;
use crate::record::{FamilyCore, InProgress, NativeReading, Scan, created};
use crate::registry::Registry;
use std::time::{Duration, UNIX_EPOCH};

/// Reads all families of the registry that are in cells; two may have one name, where
/// the namespace makes it so.
pub(super) fn read(registry: &Registry) -> Vec<FamilySnapshot> {
    let families = registry.gather();
    let mut scan = Scan::new();
    scan.refresh();
    let families = families.into_iter();
    families
        .map(|(name, family)| read_family(registry, name, &family, &mut scan))
        .filter(|family| !family.series.is_empty())
        .collect()
}

fn read_family(
    registry: &Registry,
    name: String,
    family: &FamilyCore,
    scan: &mut Scan,
) -> FamilySnapshot {
    let schema = &family.schema;
    let constant = registry.settings().const_labels_of(schema);
    let constant: Vec<_> = constant
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let series = family.series().into_iter().filter_map(|series| {
        let (value, touched) = read_value(family, series.cell, scan);
        let names = schema.labels.iter().map(LabelName::as_str);
        let labels = names.zip(series.values);
        let labels = labels.map(|(name, value)| (name.to_owned(), value));
        let outcome = series.outcome;
        let outcome = outcome.map(|outcome| ("outcome".to_owned(), outcome.to_owned()));
        let labels = labels.chain(outcome).chain(constant.iter().cloned());
        let created = Duration::from_millis(created::unix_millis(series.created));
        let counts = !matches!(schema.kind, Kind::Gauge | Kind::InProgress);
        (series.shown || touched).then(|| SeriesSnapshot {
            labels: labels.collect(),
            value,
            created: counts.then(|| UNIX_EPOCH + created),
            timestamp_millis: None,
        })
    });
    FamilySnapshot {
        series: series.collect(),
        name,
        help: schema.help.clone(),
        kind: model::Kind::from(schema.kind).into(),
        unit: schema.base_unit.unwrap_or("").to_owned(),
    }
}

/// What a series holds, and whether it was ever recorded into.
#[expect(clippy::cast_precision_loss, reason = "the formats hold doubles")]
fn read_value(family: &FamilyCore, cell: u32, scan: &mut Scan) -> (SeriesValue, bool) {
    match family.schema.kind {
        Kind::Counter => {
            let value = scan.sum(cell);
            (SeriesValue::Number(value as f64), value != 0)
        }
        Kind::Gauge => {
            let value = FamilyCore::gauge(cell).get();
            (SeriesValue::Number(value), value.to_bits() != 0)
        }
        Kind::InProgress => {
            let value = InProgress { cell }.get();
            (SeriesValue::Number(value as f64), value != 0)
        }
        Kind::Histogram => {
            let read = family.histogram(cell).snapshot();
            let mut count = 0;
            let counts = read.buckets.iter().map(|own| {
                count += own;
                count
            });
            let counts: Vec<u64> = counts.collect();
            let bounds = family.bounds.values().iter().copied();
            let value = HistogramValue {
                buckets: bounds.zip(counts).collect(),
                sum: read.sum,
                count,
                native: scan.native(cell).map(NativeValue::from),
            };
            (SeriesValue::Histogram(value), count != 0)
        }
    }
}

impl From<NativeReading> for NativeValue {
    fn from(reading: NativeReading) -> Self {
        Self {
            schema: reading.schema,
            zero_threshold: reading.zero_threshold,
            zero_count: reading.zero_count,
            positive: reading.positive,
            negative: reading.negative,
            count: reading.count,
        }
    }
}
