//! One of our families on the page. A line is the family's text, the row's, the
//! family's again, and a number; all text is rendered once.

use super::sink::{PageSink, Piece, Sink};
use super::{escape, number, text};
use crate::desc::{Kind, Schema, Unit};
use crate::outcome::Outcome;
use crate::record::{Bounds, FamilyCore, InProgress, OVERFLOW, Row, Scan};
use crate::registry::Settings;
use std::iter::repeat_n;
use std::sync::Arc;

/// A family, and what of it stays the same from page to page.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) family: Arc<FamilyCore>,
    /// The lines of `HELP` and `TYPE`, without the last line feed.
    header: String,
    heads: Heads,
    /// One for each outcome and one for the overflow series; without outcomes,
    /// one for all.
    tails: Vec<Tail>,
    /// The rows, sorted by their text.
    rows: Vec<&'static Row>,
    /// The labels of combinations of closed sets that were served, by index.
    combinations: Vec<Box<str>>,
    /// Of each series that was served: the sum's bits, then the counts.
    previous: Vec<Box<[u64]>>,
}

/// What stands before the labels: the end of the line above, and a name.
#[derive(Debug)]
struct Heads {
    /// Of buckets, or the one line of a series that isn't a histogram.
    first: Piece,
    /// Of a histogram's sum and count.
    last: Option<Box<[Piece; 2]>>,
}

/// What stands between a row's labels and a number.
#[derive(Debug)]
struct Tail {
    plain: Piece,
    /// With `le`.
    buckets: Box<[Piece]>,
}

impl Heads {
    fn new(name: &str, kind: Kind) -> Self {
        let head = |suffix: &str| Piece::from(format!("\n{name}{suffix}"));
        let histogram = kind == Kind::Histogram;
        Self {
            first: head(if histogram { "_bucket" } else { "" }),
            last: histogram.then(|| Box::new([head("_sum"), head("_count")])),
        }
    }
}

impl Tail {
    fn new(schema: &Schema, bounds: &Bounds, outcome: Option<&str>, settings: &Settings) -> Self {
        // `build()` refuses a name that a family has as a label; one that was
        // made later keeps its own.
        let own = |name: &str| {
            let own = schema.labels.iter().any(|own| own.as_str() == name);
            own || schema.by_outcome && name == "outcome"
        };
        let constant = settings.const_labels.iter();
        let constant = constant.filter(|(name, _)| schema.namespaced && !own(name));
        // A row leaves its last quote to the tail.
        let (mut labels, mut separator) = match *schema.labels {
            [] => (String::new(), '{'),
            [..] => ("\"".to_owned(), ','),
        };
        let outcome = outcome.map(|outcome| ("outcome", outcome));
        let constant = constant.map(|(name, value)| (&**name, &**value));
        for (name, value) in outcome.into_iter().chain(constant) {
            label(&mut labels, separator, name, value);
            separator = ',';
        }
        let all = bounds.values().iter().copied().chain([f64::INFINITY]);
        let bucket = |bound| {
            let mut bucket = labels.clone();
            let mut value = String::new();
            number::double(&mut value, bound);
            label(&mut bucket, separator, "le", &value);
            Piece::from(bucket + "} ")
        };
        let histogram = schema.kind == Kind::Histogram;
        let buckets = if histogram {
            all.map(bucket).collect()
        } else {
            Box::default()
        };
        let end = if separator == '{' { " " } else { "} " };
        let plain = Piece::from(labels + end);
        Self { plain, buckets }
    }
}

/// Writes a label behind others.
pub(super) fn label(out: &mut impl Sink, separator: char, name: &str, value: &str) {
    out.text(separator.encode_utf8(&mut [0; 4]));
    out.text(name);
    out.text("=\"");
    escape::label_value(out, value);
    out.text("\"");
}

impl Section {
    pub(super) fn new(name: String, family: Arc<FamilyCore>, settings: &Settings) -> Self {
        let schema = &family.schema;
        let mut header = String::new();
        text::header(&mut header, &name, &schema.help, schema.kind.as_str());
        let tail = |outcome| Tail::new(schema, family.bounds, outcome, settings);
        let tails = if schema.by_outcome {
            let outcomes = Outcome::ALL.iter().map(|outcome| outcome.as_str());
            outcomes
                .chain([OVERFLOW])
                .map(|outcome| tail(Some(outcome)))
                .collect()
        } else {
            vec![tail(None)]
        };
        header.shrink_to_fit();
        Self {
            heads: Heads::new(&name, schema.kind),
            tails,
            header,
            rows: Vec::new(),
            combinations: Vec::new(),
            previous: Vec::new(),
            name,
            family,
        }
    }

    /// Takes up rows that are new; false when none are.
    pub(super) fn take_up_rows(&mut self) -> bool {
        let known = self.rows.len();
        let len = self.family.len();
        if len <= known {
            return false;
        }
        self.rows.reserve_exact(len - known);
        let new = self.family.rows();
        self.rows
            .extend(new.filter(|row| (known..len).contains(&row.index())));
        let by_text = |a: &&Row, b: &&Row| a.text().cmp(b.text());
        if let Some(new) = self.rows.get_mut(known..) {
            new.sort_unstable_by(by_text);
        }
        if known > 0 {
            // Two runs, which a stable sort merges.
            self.rows.sort_by(by_text);
        }
        true
    }

    /// Writes the lines of the family, if it has a series to serve.
    pub(super) fn write(
        &mut self,
        out: &mut impl PageSink,
        scan: &mut Scan,
        scratch: &mut Vec<u64>,
    ) {
        let family = &*self.family;
        let Some((last, outcomes)) = self.tails.split_last() else {
            return;
        };
        let tails = if family.schema.by_outcome {
            outcomes
        } else {
            &self.tails
        };
        let dense = family.combinations();
        // Where the previous reading of a series is: first that of the overflow
        // series, then those of combinations, then those of rows.
        let first_row = 1 + dense.map_or(0, |(_, len)| len);
        if family.schema.kind == Kind::Histogram {
            grow(
                &mut self.previous,
                first_row + self.rows.len() * tails.len(),
            );
            scratch.clear();
            scratch.resize(family.bounds.values().len() + 1, 0);
        }
        let mut lines = Lines {
            out,
            scan,
            kind: family.schema.kind,
            unit: family.schema.unit,
            heads: &self.heads,
            header: Some(&self.header),
            scratch,
            previous: &mut self.previous,
        };
        if let Some((slot, len)) = dense {
            let shown = family.combinations_are_shown();
            for (index, nth) in (0..len).zip(0..) {
                let texts = &mut self.combinations;
                lines.series(
                    slot.cell(nth),
                    shown,
                    1 + index,
                    || combination(texts, family, len, index),
                    last,
                );
            }
        }
        let stride = family.stride();
        for row in &self.rows {
            let first = first_row + row.index() * tails.len();
            for ((tail, nth), outcome) in tails.iter().zip(first..).zip(0..) {
                let cell = row.first() + stride * outcome;
                lines.series(cell, row.is_shown(outcome), nth, || row.text(), tail);
            }
        }
        if let Some(row) = family.overflowed() {
            lines.series(row.first(), true, 0, || row.text(), last);
        }
        if lines.header.is_none() {
            lines.out.text("\n");
        }
    }
}

/// The labels of a combination, rendered when they are served first.
fn combination<'a>(
    texts: &'a mut Vec<Box<str>>,
    family: &FamilyCore,
    len: usize,
    index: usize,
) -> &'a str {
    grow(texts, len);
    texts.get_mut(index).map_or("", |text| {
        if text.is_empty() {
            *text = family.combination(index);
        }
        text
    })
}

/// Makes a list as long as this, without room to spare.
fn grow<T: Default>(list: &mut Vec<T>, len: usize) {
    if list.len() < len {
        list.reserve_exact(len - list.len());
        list.resize_with(len, T::default);
    }
}

/// Writes the series of a family.
struct Lines<'a, S> {
    out: &'a mut S,
    scan: &'a mut Scan,
    kind: Kind,
    unit: Unit,
    heads: &'a Heads,
    /// Until a series was written.
    header: Option<&'a str>,
    scratch: &'a mut [u64],
    previous: &'a mut [Box<[u64]>],
}

impl<S: PageSink> Lines<'_, S> {
    /// Writes a series. A counter or histogram that was never recorded into is
    /// left out unless its site or its maker asked for zero, or it was `shown`
    /// for another reason.
    #[inline]
    fn series<'t>(
        &mut self,
        cell: u32,
        shown: bool,
        nth: usize,
        labels: impl FnOnce() -> &'t str,
        tail: &Tail,
    ) {
        match self.kind {
            Kind::Counter => {
                let value = self.scan.sum(cell);
                if shown || value != 0 {
                    self.write_header();
                    line(self.out, &self.heads.first, labels(), &tail.plain);
                    self.out.integer(value);
                }
            }
            Kind::InProgress => {
                let value = InProgress { cell }.get();
                if shown || value != 0 {
                    self.write_header();
                    line(self.out, &self.heads.first, labels(), &tail.plain);
                    self.out.integer(value);
                }
            }
            // A gauge in a table is there because it was asked for, and shown.
            Kind::Gauge => {
                let value = FamilyCore::gauge(cell).get();
                if shown || value.to_bits() != 0 {
                    self.write_gauge(value, labels(), tail);
                }
            }
            Kind::Histogram => {
                if self.read_histogram(cell, shown, nth) {
                    self.write_histogram(nth, labels(), tail);
                }
            }
        }
    }

    #[inline(never)]
    fn write_gauge(&mut self, value: f64, labels: &str, tail: &Tail) {
        self.write_header();
        line(self.out, &self.heads.first, labels, &tail.plain);
        number::double(self.out, value);
    }

    #[inline]
    fn write_header(&mut self) {
        if let Some(header) = self.header.take() {
            self.out.text(header);
        }
    }

    /// Reads a histogram; false if it isn't to be served.
    fn read_histogram(&mut self, cell: u32, shown: bool, nth: usize) -> bool {
        let sum = self.scan.histogram(cell, self.unit, self.scratch);
        let kept = self.previous.get_mut(nth);
        kept.is_some_and(|kept| keep(kept, sum, self.scratch, shown))
    }

    fn write_histogram(&mut self, nth: usize, labels: &str, tail: &Tail) {
        self.write_header();
        let Some([sum, counts @ ..]) = self.previous.get(nth).map(|kept| &**kept) else {
            return;
        };
        let heads = self.heads;
        let Some([head_of_sum, head_of_count]) = heads.last.as_deref() else {
            return;
        };
        let mut count = 0;
        for (own, bound) in counts.iter().zip(&tail.buckets) {
            count += own;
            line(self.out, &heads.first, labels, bound);
            self.out.integer(count);
        }
        line(self.out, head_of_sum, labels, &tail.plain);
        number::double(self.out, f64::from_bits(*sum));
        line(self.out, head_of_count, labels, &tail.plain);
        self.out.integer(count);
    }
}

/// Keeps the reading of a histogram; false if it isn't to be served. One that was
/// torn, which has no sum, stays as it was: buckets, sum and count must belong
/// together, and what was served must not decrease.
fn keep(kept: &mut Box<[u64]>, sum: Option<f64>, read: &[u64], shown: bool) -> bool {
    if kept.is_empty() {
        let touched = sum.is_some() && read.iter().any(|&count| count != 0);
        if !shown && !touched {
            return false;
        }
        *kept = repeat_n(0, 1 + read.len()).collect();
    }
    if let (Some(sum), Some((bits, counts))) = (sum, kept.split_first_mut()) {
        *bits = sum.to_bits();
        counts.copy_from_slice(read);
    }
    true
}

/// Writes a line up to its number.
#[inline]
fn line(out: &mut impl PageSink, head: &Piece, labels: &str, tail: &Piece) {
    out.piece(head);
    out.text(labels);
    out.piece(tail);
}

#[cfg(test)]
mod tests {
    use super::keep;

    // Mutation: `keep` takes the counts of a torn reading.
    #[test]
    fn a_torn_histogram_stays_as_it_was() {
        let mut kept: Box<[u64]> = Box::default();
        assert!(!keep(&mut kept, Some(0.0), &[0, 0], false), "untouched");
        assert!(
            !keep(&mut kept, None, &[9, 9], false),
            "torn and never read"
        );
        assert!(kept.is_empty());
        assert!(
            keep(&mut kept, None, &[9, 9], true),
            "torn, and shown at zero"
        );
        assert_eq!(*kept, [0, 0, 0]);
        assert!(keep(&mut kept, Some(1.5), &[1, 2], false));
        assert!(keep(&mut kept, None, &[9, 9], false));
        assert_eq!(*kept, [1.5_f64.to_bits(), 1, 2]);
    }
}
