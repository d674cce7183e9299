//! One of our families on the page: its series, read and handed to the writer of
//! a format.

use super::lines::Lines;
use super::protobuf;
use super::sink::PageSink;
use super::spelling::Spelling;
use crate::desc::{Kind, Unit};
use crate::outcome::Outcome;
use crate::processor::fetch;
use crate::record::{FamilyCore, InProgress, NativeReading, Row, Scan};
use crate::registry::Settings;
use std::iter::repeat_n;
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
    /// Of each series that was served: the sum's bits, then the counts.
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
        let outcomes = if family.schema.by_outcome {
            Outcome::ALL.len()
        } else {
            1
        };
        // The tail of series that have no outcome of their own.
        let last = if family.schema.by_outcome {
            outcomes
        } else {
            0
        };
        let dense = family.combinations();
        // Where the previous reading of a series is: first that of the overflow
        // series, then those of combinations, then those of rows.
        let first_row = 1 + dense.map_or(0, |(_, len)| len);
        if family.schema.kind == Kind::Histogram {
            grow(&mut self.previous, first_row + self.rows.len() * outcomes);
            reader.scratch.clear();
            reader.scratch.resize(family.bounds.values().len() + 1, 0);
        }
        let mut walk = Walk {
            writer,
            scan: reader.scan,
            kind: family.schema.kind,
            unit: family.schema.unit,
            scratch: reader.scratch,
            previous: &mut self.previous,
        };
        if let Some((slot, len)) = dense {
            let shown = family.combinations_are_shown();
            for (index, nth) in (0..len).zip(0..) {
                let texts = &mut self.combinations;
                let cell = slot.cell(nth);
                walk.series(cell, shown, 1 + index, || Series {
                    labels: combination(texts, family, len, index),
                    set: 1 + index,
                    tail: last,
                    created: family.created,
                    cell,
                });
            }
        }
        let stride = family.stride();
        for (place, row) in self.rows.iter().enumerate() {
            fetch_ahead(&self.rows, place);
            let first = first_row + row.index() * outcomes;
            for ((tail, nth), outcome) in (0..outcomes).zip(first..).zip(0..) {
                let cell = row.first() + stride * outcome;
                walk.series(cell, row.is_shown(outcome), nth, || Series {
                    labels: row.text(),
                    set: first_row + row.index(),
                    tail,
                    created: row.created(),
                    cell,
                });
            }
        }
        if let Some(row) = family.overflowed() {
            walk.series(row.first(), true, 0, || Series {
                labels: row.text(),
                set: 0,
                tail: last,
                created: row.created(),
                cell: row.first(),
            });
        }
    }
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

/// Reads the series of a family.
struct Walk<'a, W> {
    writer: &'a mut W,
    scan: &'a mut Scan,
    kind: Kind,
    unit: Unit,
    scratch: &'a mut [u64],
    previous: &'a mut [Box<[u64]>],
}

impl<W: Writer> Walk<'_, W> {
    /// Reads a series and writes it. A counter or histogram that was never
    /// recorded into is left out unless its site or its maker asked for zero, or
    /// it was `shown` for another reason.
    #[inline]
    fn series<'t>(
        &mut self,
        cell: u32,
        shown: bool,
        nth: usize,
        series: impl FnOnce() -> Series<'t>,
    ) {
        match self.kind {
            Kind::Counter | Kind::InProgress => {
                let value = if self.kind == Kind::Counter {
                    self.scan.sum(cell)
                } else {
                    InProgress { cell }.get()
                };
                if shown || value != 0 {
                    self.writer.integer(series(), value);
                }
            }
            // A gauge in a table is there because it was asked for, and shown.
            Kind::Gauge => {
                let value = FamilyCore::gauge(cell).get();
                if shown || value.to_bits() != 0 {
                    self.writer.double(series(), value);
                }
            }
            Kind::Histogram => {
                let sum = self.scan.histogram(cell, self.unit, self.scratch);
                let Some(kept) = self.previous.get_mut(nth) else {
                    return;
                };
                if keep(kept, sum, self.scratch, shown)
                    && let [sum, counts @ ..] = &**kept
                {
                    // Read after the classic ones, which are then no more.
                    let native = W::NATIVE.then(|| self.scan.native(cell)).flatten();
                    if let Some(reading) = native {
                        self.writer.native(series(), &reading, counts);
                    } else {
                        let sum = f64::from_bits(*sum);
                        self.writer.histogram(series(), sum, counts);
                    }
                }
            }
        }
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
