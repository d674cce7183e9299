//! One of our families on the page: its series, read and handed to the writer of
//! a format.

use super::lines::Lines;
use super::protobuf;
use super::reading::{Gauges, Histograms, Integers, Reading};
use super::sink::PageSink;
use super::spelling::Spelling;
use crate::desc::Kind;
use crate::outcome::Outcome;
use crate::processor::fetch;
use crate::record::{FamilyCore, InProgress, NativeReading, Row, Scan};
use crate::registry::Settings;
use std::sync::Arc;

/// A family, and what of it stays the same from page to page. All text is
/// rendered once, when a format is served first.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) family: Arc<FamilyCore>,
    text: Option<Box<Spelling>>,
    openmetrics: Option<Box<Spelling>>,
    protobuf: Option<Box<protobuf::Fixed>>,
    series: SeriesOfFamily,
}

/// The series of a family.
#[derive(Debug, Default)]
struct SeriesOfFamily {
    /// The rows, sorted by their text.
    rows: Vec<&'static Row>,
    /// The labels of combinations of closed sets that were served, by index.
    combinations: Vec<Box<str>>,
    /// Of each histogram that was served: the sum's bits, then the counts.
    previous: Vec<Box<[u64]>>,
}

/// A series that is served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    /// Its family's own labels, rendered, without the last quote.
    pub(super) labels: &'a str,
    /// Which of its family's label sets that is; zero is that of the overflow
    /// series.
    pub(super) set: usize,
    /// Which of the labels that follow, and are those of all label sets.
    pub(super) tail: usize,
    /// When it was made, as `created` has it.
    pub(super) created: u32,
    /// The first of its cells.
    pub(super) cell: u32,
}

/// Writes the series of a family in a format.
pub(super) trait Writer {
    /// Writes a counter, or a gauge that counts.
    fn integer(&mut self, series: Series<'_>, value: u64);

    /// Writes a gauge.
    fn double(&mut self, series: Series<'_>, value: f64);

    /// Writes a histogram; each count is that of one bucket alone.
    fn histogram(&mut self, series: Series<'_>, sum: f64, counts: &[u64]);

    /// The format has native buckets, so that `native` is called.
    const NATIVE: bool = false;

    /// Writes a native histogram; `counts` are those of its classic buckets.
    fn native(&mut self, series: Series<'_>, reading: &NativeReading, counts: &[u64]) {
        self.histogram(series, reading.sum, counts);
    }
}

impl Section {
    pub(super) const fn new(name: String, family: Arc<FamilyCore>) -> Self {
        Self {
            name,
            family,
            text: None,
            openmetrics: None,
            protobuf: None,
            series: SeriesOfFamily {
                rows: Vec::new(),
                combinations: Vec::new(),
                previous: Vec::new(),
            },
        }
    }

    /// Takes up rows that are new; false when none are.
    pub(super) fn take_up_rows(&mut self) -> bool {
        self.series.take_up_rows(&self.family)
    }

    /// Writes the lines of the family, if it has a series to serve.
    pub(super) fn write_lines<const OM: bool>(
        &mut self,
        out: &mut impl PageSink,
        reader: &mut Reader<'_>,
    ) {
        let family = &*self.family;
        let spelling = if OM {
            &mut self.openmetrics
        } else {
            &mut self.text
        };
        let spelling = spelling.get_or_insert_with(|| {
            Box::new(Spelling::new::<OM>(&self.name, family, reader.settings))
        });
        let mut lines = Lines::<_, OM>::new(out, spelling, family.bounds.values());
        self.series.walk(family, reader, &mut lines);
        lines.end();
    }

    /// Writes the family as a message, if it has a series to serve.
    pub(super) fn write_message(&mut self, out: &mut Vec<u8>, reader: &mut Reader<'_>) {
        let family = &*self.family;
        let fixed = self.protobuf.get_or_insert_with(|| {
            Box::new(protobuf::Fixed::new(&self.name, family, reader.settings))
        });
        let mut message = protobuf::Message::new(fixed, family);
        self.series.walk(family, reader, &mut message);
        message.end(out);
    }
}

/// What reading a family's series takes.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) scan: &'a mut Scan,
    pub(super) scratch: &'a mut Vec<u64>,
    pub(super) settings: &'a Settings,
}

impl SeriesOfFamily {
    /// Takes up rows that are new; false when none are.
    fn take_up_rows(&mut self, family: &FamilyCore) -> bool {
        let known = self.rows.len();
        let len = family.len();
        if len <= known {
            return false;
        }
        self.rows.reserve_exact(len - known);
        let new = family.rows();
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

    /// Hands each series that is served to `writer`.
    #[inline]
    fn walk(&mut self, family: &FamilyCore, reader: &mut Reader<'_>, writer: &mut impl Writer) {
        let Self {
            rows,
            combinations,
            previous,
        } = self;
        let scan = &mut *reader.scan;
        match family.schema.kind {
            Kind::Counter => {
                let read = |cell| scan.sum(cell);
                each(rows, combinations, family, &mut Integers { read, writer });
            }
            Kind::InProgress => {
                let read = |cell| InProgress { cell }.get();
                each(rows, combinations, family, &mut Integers { read, writer });
            }
            Kind::Gauge => each(rows, combinations, family, &mut Gauges { writer }),
            Kind::Histogram => {
                grow(previous, first_row(family) + rows.len() * outcomes(family));
                reader.scratch.clear();
                reader.scratch.resize(family.bounds.values().len() + 1, 0);
                let mut histograms = Histograms {
                    writer,
                    scan,
                    unit: family.schema.unit,
                    scratch: reader.scratch,
                    previous,
                };
                each(rows, combinations, family, &mut histograms);
            }
        }
    }
}

/// Hands each series of a family to `reading`.
#[inline]
fn each(
    rows: &[&'static Row],
    combinations: &mut Vec<Box<str>>,
    family: &FamilyCore,
    reading: &mut impl Reading,
) {
    let outcomes = outcomes(family);
    let by_outcome = family.schema.by_outcome;
    // The tail of series that have no outcome of their own.
    let last = if by_outcome { outcomes } else { 0 };
    let first_row = first_row(family);
    if let Some((slot, len)) = family.combinations() {
        let shown = family.combinations_are_shown();
        for (index, nth) in (0..len).zip(0..) {
            let cell = slot.cell(nth);
            reading.series(
                cell,
                1 + index,
                || shown,
                || Series {
                    labels: combination(combinations, family, len, index),
                    set: 1 + index,
                    tail: last,
                    created: family.created,
                    cell,
                },
            );
        }
    }
    let stride = family.stride();
    for (place, row) in rows.iter().enumerate() {
        fetch_ahead(rows, place);
        let set = first_row + row.index();
        if by_outcome {
            let nth = first_row + row.index() * outcomes;
            for (tail, outcome) in (0..outcomes).zip(0..) {
                let cell = row.first() + stride * outcome;
                reading.series(
                    cell,
                    nth + tail,
                    || row.is_shown(outcome),
                    || of_row(row, set, tail, cell),
                );
            }
        } else {
            let cell = row.first();
            reading.series(cell, set, || row.is_shown(0), || of_row(row, set, 0, cell));
        }
    }
    if let Some(row) = family.overflowed() {
        let cell = row.first();
        reading.series(cell, 0, || true, || of_row(row, 0, last, cell));
    }
}

/// The outcomes that a row of a family has series for.
fn outcomes(family: &FamilyCore) -> usize {
    if family.schema.by_outcome {
        Outcome::ALL.len()
    } else {
        1
    }
}

/// The number of the series of a family's first row: first comes the overflow series,
/// then those of combinations.
fn first_row(family: &FamilyCore) -> usize {
    1 + family.combinations().map_or(0, |(_, len)| len)
}

/// Has rows fetched that come after this place. They are sorted by their text, so that
/// neither they nor their text lie in the order in which they are read, and a large page
/// would wait for the memory at each of them.
#[inline]
fn fetch_ahead(rows: &[&'static Row], place: usize) {
    /// Bytes of a cache line.
    const LINE: usize = 64;
    /// Rows from here to the one whose text is fetched.
    const AHEAD: usize = 8;

    if let Some(row) = rows.get(place + 2 * AHEAD) {
        fetch(*row);
    }
    if let Some(row) = rows.get(place + AHEAD) {
        let text = row.text().as_bytes();
        fetch(text);
        if let Some(more) = text.get(LINE..) {
            fetch(more);
        }
    }
}

/// One of the series of a row.
#[inline]
fn of_row(row: &Row, set: usize, tail: usize, cell: u32) -> Series<'_> {
    Series {
        labels: row.text(),
        set,
        tail,
        created: row.created(),
        cell,
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
