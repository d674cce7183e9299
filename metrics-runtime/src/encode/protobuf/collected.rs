//! Families of collectors as messages.

use super::{Type, family_field, head, histogram, label, metric_field, number, timestamp, wire};
use crate::collect::model::{Family, Kind, Metric, Value};

/// Appends the message of a family, with its length before it.
pub(in crate::encode) fn write(out: &mut Vec<u8>, family: &Family) {
    let kind = match family.kind {
        Kind::Counter => Type::Counter,
        Kind::Gauge | Kind::Info | Kind::StateSet => Type::Gauge,
        Kind::Histogram => Type::Histogram,
        Kind::Summary => Type::Summary,
        Kind::Unknown => Type::Untyped,
    };
    let mut body = Vec::new();
    head(&mut body, &family.name, &family.help, kind, &family.unit);
    let mut add = |metric: &Metric, state: Option<(&str, bool)>| {
        let mut message = Vec::new();
        let labels = metric.labels.iter();
        let labels = labels.map(|(name, value)| (&**name, &**value));
        let state_label = state.map(|(state, _)| (&*family.name, state));
        let mut scratch = Vec::new();
        for (name, value) in labels.chain(state_label) {
            label(&mut message, &mut scratch, name, value);
        }
        value(&mut message, kind, metric, state);
        if let Some(timestamp) = metric.timestamp {
            // Two's complement, as the format has negative integers.
            wire::integer(
                &mut message,
                metric_field::TIMESTAMP_MS,
                timestamp.cast_unsigned(),
            );
        }
        wire::bytes(&mut body, family_field::METRIC, &message);
    };
    for metric in &family.metrics {
        match &metric.value {
            Value::States(states) => {
                for (state, holds) in states {
                    add(metric, Some((state, *holds)));
                }
            }
            _ => add(metric, None),
        }
    }
    wire::varint(out, body.len() as u64);
    out.extend_from_slice(&body);
}

fn value(out: &mut Vec<u8>, kind: Type, metric: &Metric, state: Option<(&str, bool)>) {
    match &metric.value {
        Value::Number(value) => number(out, kind, *value, metric.created, None),
        Value::Histogram {
            buckets,
            sum,
            count,
        } => {
            let buckets = buckets.iter().map(|(bound, count)| (*bound, *count, None));
            histogram(out, buckets, *sum, *count, metric.created, None);
        }
        Value::Summary {
            quantiles,
            sum,
            count,
        } => {
            let mut message = Vec::new();
            wire::integer(&mut message, 1, *count);
            wire::double(&mut message, 2, *sum);
            for (quantile, value) in quantiles {
                let mut pair = Vec::new();
                wire::double(&mut pair, 1, *quantile);
                wire::double(&mut pair, 2, *value);
                wire::bytes(&mut message, 3, &pair);
            }
            if let Some(created) = metric.created {
                timestamp(&mut message, 4, created);
            }
            wire::bytes(out, metric_field::SUMMARY, &message);
        }
        Value::States(_) => {
            let holds = state.is_some_and(|(_, holds)| holds);
            number(out, kind, f64::from(u8::from(holds)), None, None);
        }
    }
}
