//! One of our families as a message.

use super::super::section::{Series, Writer};
use super::super::spelling::{outcomes, shared_labels};
use super::{Type, family_field, head, histogram, label, number, wire};
use crate::desc::Kind;
use crate::record::{FamilyCore, NativeReading, bucket_cell, created, exemplar, values_of};
use crate::registry::Settings;

/// What of a family's message stays the same from page to page.
#[derive(Debug)]
pub(in crate::encode) struct Fixed {
    /// All fields but the metrics.
    head: Vec<u8>,
    /// The labels that follow a label set, one for each outcome and one for the
    /// overflow series; without outcomes, one for all.
    tails: Vec<Vec<u8>>,
    /// The labels of label sets that were served.
    sets: Vec<Box<[u8]>>,
    /// Bytes of the message before.
    length: usize,
}

impl Fixed {
    pub(in crate::encode) fn new(name: &str, family: &FamilyCore, settings: &Settings) -> Self {
        let schema = &family.schema;
        let mut fixed = Vec::new();
        let unit = schema.base_unit.unwrap_or("");
        head(&mut fixed, name, &schema.help, type_of(schema.kind), unit);
        let tail = |outcome| {
            let (mut tail, mut scratch) = (Vec::new(), Vec::new());
            for (name, value) in shared_labels(schema, outcome, settings) {
                label(&mut tail, &mut scratch, name, value);
            }
            tail
        };
        Self {
            head: fixed,
            tails: outcomes(schema).into_iter().map(tail).collect(),
            sets: Vec::new(),
            length: 0,
        }
    }
}

const fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Counter => Type::Counter,
        Kind::Gauge | Kind::InProgress => Type::Gauge,
        Kind::Histogram => Type::Histogram,
    }
}

/// Writes the series of a family into its message.
#[derive(Debug)]
pub(in crate::encode) struct Message<'a> {
    fixed: &'a mut Fixed,
    family: &'a FamilyCore,
    /// The fields written so far; none until there is a series.
    body: Vec<u8>,
    metric: Vec<u8>,
}

impl<'a> Message<'a> {
    pub(in crate::encode) fn new(fixed: &'a mut Fixed, family: &'a FamilyCore) -> Self {
        Self {
            body: Vec::with_capacity(fixed.length),
            fixed,
            family,
            metric: Vec::new(),
        }
    }

    /// Appends the message, with its length before it.
    pub(in crate::encode) fn end(self, out: &mut Vec<u8>) {
        if !self.body.is_empty() {
            self.fixed.length = self.body.len();
            wire::varint(out, self.body.len() as u64);
            out.extend_from_slice(&self.body);
        }
    }

    /// Adds a metric with this value.
    fn metric(&mut self, series: Series<'_>, value: impl FnOnce(&mut Vec<u8>)) {
        if self.body.is_empty() {
            self.body.extend_from_slice(&self.fixed.head);
        }
        self.metric.clear();
        self.add_set(series);
        if let Some(tail) = self.fixed.tails.get(series.tail) {
            self.metric.extend_from_slice(tail);
        }
        value(&mut self.metric);
        wire::bytes(&mut self.body, family_field::METRIC, &self.metric);
    }

    fn histogram(
        &mut self,
        series: Series<'_>,
        sum: f64,
        counts: &[u64],
        native: Option<&NativeReading>,
    ) {
        let bounds = self.family.bounds.values();
        let created = created::unix_millis(series.created);
        let count = native.map_or_else(|| counts.iter().sum(), |reading| reading.count);
        self.metric(series, |out| {
            let mut cumulated = 0;
            let all = bounds.iter().copied().chain([f64::INFINITY]);
            let buckets = all.zip(counts).zip(0..).map(|((bound, own), bucket)| {
                cumulated += own;
                let kept = exemplar::kept(bucket_cell(series.cell, bucket));
                (bound, cumulated, kept)
            });
            let buckets = buckets.filter(|(bound, _, kept)| bound.is_finite() || kept.is_some());
            histogram(out, buckets, sum, count, Some(created), native);
        });
    }

    /// Adds the labels of a label set, which are read from their text once.
    fn add_set(&mut self, series: Series<'_>) {
        let labels = &self.family.schema.labels;
        if labels.is_empty() {
            return;
        }
        let sets = &mut self.fixed.sets;
        if sets.len() <= series.set {
            sets.resize_with(series.set + 1, Box::default);
        }
        let Some(set) = sets.get_mut(series.set) else {
            return;
        };
        if set.is_empty() {
            let (mut pairs, mut scratch) = (Vec::new(), Vec::new());
            let values = values_of(series.labels, labels);
            for (name, value) in labels.iter().zip(&values) {
                label(&mut pairs, &mut scratch, name.as_str(), value);
            }
            *set = pairs.into();
        }
        self.metric.extend_from_slice(set);
    }
}

impl Writer for Message<'_> {
    fn integer(&mut self, series: Series<'_>, value: u64) {
        #[expect(clippy::cast_precision_loss, reason = "the format holds doubles")]
        self.double(series, value as f64);
    }

    fn double(&mut self, series: Series<'_>, value: f64) {
        let kind = type_of(self.family.schema.kind);
        let created = created::unix_millis(series.created);
        let exemplar = match kind {
            Type::Counter => exemplar::kept(series.cell),
            _ => None,
        };
        self.metric(series, |out| {
            number(out, kind, value, Some(created), exemplar.as_ref());
        });
    }

    fn histogram(&mut self, series: Series<'_>, sum: f64, counts: &[u64]) {
        self.histogram(series, sum, counts, None);
    }

    const NATIVE: bool = true;

    fn native(&mut self, series: Series<'_>, reading: &NativeReading, counts: &[u64]) {
        self.histogram(series, reading.sum, counts, Some(reading));
    }
}
