//! Families of collectors.

use super::{FamilySnapshot, HistogramValue, SeriesSnapshot, SeriesValue, SummaryValue};
use crate::collect::model::{Family, Metric, Value};
use std::time::{Duration, UNIX_EPOCH};

impl From<Family> for FamilySnapshot {
    fn from(family: Family) -> Self {
        let series = family.metrics.into_iter().map(SeriesSnapshot::from);
        Self {
            name: family.name,
            help: family.help,
            kind: family.kind.into(),
            unit: family.unit,
            series: series.collect(),
        }
    }
}

impl From<Metric> for SeriesSnapshot {
    fn from(metric: Metric) -> Self {
        let created = metric.created.map(Duration::from_millis);
        Self {
            labels: metric.labels,
            value: metric.value.into(),
            created: created.and_then(|since| UNIX_EPOCH.checked_add(since)),
            timestamp_millis: metric.timestamp,
        }
    }
}

impl From<Value> for SeriesValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(value) => Self::Number(value),
            Value::Histogram {
                buckets,
                sum,
                count,
            } => Self::Histogram(HistogramValue {
                buckets,
                sum,
                count,
                native: None,
            }),
            Value::Summary {
                quantiles,
                sum,
                count,
            } => Self::Summary(SummaryValue {
                quantiles,
                sum,
                count,
            }),
            Value::States(states) => Self::States(states),
        }
    }
}
