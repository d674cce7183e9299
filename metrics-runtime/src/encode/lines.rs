//! The samples of one of our families as lines.

use super::section::{Series, Writer};
use super::sink::{PageSink, Piece};
use super::spelling::{Spelling, Tail};
use super::{escape, number, openmetrics};
use crate::record::{bucket_cell, created, exemplar};

/// Writes the series of a family in OpenMetrics (`OM`) or in the text format,
/// version 0.0.4.
pub(super) struct Lines<'a, S, const OM: bool> {
    out: &'a mut S,
    spelling: &'a Spelling,
    /// No series was written yet.
    is_empty: bool,
    /// The first bound of a histogram.
    first_bound: Option<f64>,
}

impl<'a, S: PageSink, const OM: bool> Lines<'a, S, OM> {
    pub(super) fn new(out: &'a mut S, spelling: &'a Spelling, bounds: &[f64]) -> Self {
        Self {
            out,
            spelling,
            is_empty: true,
            first_bound: bounds.first().copied(),
        }
    }

    /// Ends the last line.
    pub(super) fn end(self) {
        if !self.is_empty {
            self.out.text("\n");
        }
    }

    #[inline]
    fn header(&mut self) {
        if self.is_empty {
            self.is_empty = false;
            self.out.text(&self.spelling.header);
        }
    }

    #[inline]
    fn tail(&self, series: Series<'_>) -> Option<&'a Tail> {
        self.spelling.tails.get(series.tail)
    }

    /// Writes a line up to its number.
    #[inline]
    fn line(&mut self, head: &Piece, labels: &str, tail: &Piece) {
        self.out.piece(head);
        self.out.text(labels);
        self.out.piece(tail);
    }

    /// Writes the exemplar of a counter or bucket behind its number.
    fn exemplar(&mut self, cell: u32) {
        let Some(kept) = exemplar::kept(cell) else {
            return;
        };
        self.out.text(" # {");
        for (index, (name, value)) in kept.labels().iter().enumerate() {
            self.out.text(if index == 0 { "" } else { "," });
            self.out.text(name);
            self.out.text("=\"");
            escape::label_value(self.out, value);
            self.out.text("\"");
        }
        self.out.text("} ");
        number::double(self.out, kept.value());
        self.out.text(" ");
        openmetrics::seconds(self.out, kept.unix_millis());
    }

    #[inline]
    fn created(&mut self, series: Series<'_>, tail: &Tail) {
        if OM && let Some(head) = self.spelling.heads.created.as_deref() {
            self.line(head, series.labels, &tail.plain);
            openmetrics::seconds(self.out, created::unix_millis(series.created));
        }
    }
}

impl<S: PageSink, const OM: bool> Writer for Lines<'_, S, OM> {
    // Apart from its caller, it would be handed a series that it mostly ignores: an
    // eighth of the instructions of a page of counters.
    #[expect(clippy::inline_always, reason = "the compiler doesn't by itself")]
    #[inline(always)]
    fn integer(&mut self, series: Series<'_>, value: u64) {
        let Some(tail) = self.tail(series) else {
            return;
        };
        self.header();
        let spelling = self.spelling;
        self.line(&spelling.heads.first, series.labels, &tail.plain);
        self.out.integer(value);
        // Only a counter has a time of creation, and only it an exemplar.
        if OM && spelling.heads.created.is_some() {
            self.exemplar(series.cell);
        }
        self.created(series, tail);
    }

    #[inline(never)]
    fn double(&mut self, series: Series<'_>, value: f64) {
        let Some(tail) = self.tail(series) else {
            return;
        };
        self.header();
        let spelling = self.spelling;
        self.line(&spelling.heads.first, series.labels, &tail.plain);
        number::double(self.out, value);
    }

    fn histogram(&mut self, series: Series<'_>, sum: f64, counts: &[u64]) {
        let spelling = self.spelling;
        let Some([head_of_sum, head_of_count]) = spelling.heads.last.as_deref() else {
            return;
        };
        let Some(tail) = self.tail(series) else {
            return;
        };
        self.header();
        let mut count = 0;
        for ((own, bound), bucket) in counts.iter().zip(&tail.buckets).zip(0..) {
            count += own;
            self.line(&spelling.heads.first, series.labels, bound);
            self.out.integer(count);
            if OM {
                self.exemplar(bucket_cell(series.cell, bucket));
            }
        }
        if !OM || openmetrics::has_sum(self.first_bound, sum) {
            self.line(head_of_sum, series.labels, &tail.plain);
            number::double(self.out, sum);
            self.line(head_of_count, series.labels, &tail.plain);
            self.out.integer(count);
        }
        self.created(series, tail);
    }
}
