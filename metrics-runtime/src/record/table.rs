//! The table of a family: label values to rows, looked up without a lock.

use super::hash::{HashValues, Seed, ends};
use super::row::{Row, Wanted};
use crate::name::LabelName;
use crate::sync::{
    AtomicU32, AtomicUsize, FIRST_GENERATION, GENERATIONS, Mutex, OnceBox, OnceRef, Ordering,
};
use std::sync::PoisonError;

/// Where the cells of a label set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The first cell of the first outcome.
    pub(crate) first: u32,
    /// Cells from one outcome to the next: zero when they share one series.
    pub(crate) stride: u32,
}

impl Slot {
    /// Cells of what finds no room at all: before every index that is handed
    /// out, so that recording into them and their neighbours has no effect.
    pub(crate) const NOWHERE: Self = Self {
        first: 0,
        stride: 0,
    };

    pub(crate) const fn cell(self, outcome: u32) -> u32 {
        self.first + self.stride * outcome
    }

    /// Those of all outcomes.
    pub(crate) fn cells(self) -> [u32; 4] {
        [0, 1, 2, 3].map(|outcome| self.cell(outcome))
    }
}

const _: () = assert!(
    FIRST_GENERATION << (GENERATIONS - 1) <= 1 << super::hash::BITS,
    "a hash reaches every entry"
);

/// Rows in open addressing: a power of two of entries.
#[derive(Debug)]
struct Generation {
    entries: Box<[OnceRef<'static, Row>]>,
}

impl Generation {
    fn new(entries: usize) -> Self {
        Self {
            entries: (0..entries).map(|_| OnceRef::new()).collect(),
        }
    }

    /// Rows for which there is room; some entries stay empty, at which a search
    /// ends.
    fn room(&self) -> usize {
        self.entries.len() * 7 / 8
    }

    /// The first row that is wanted, from this place on, and the place behind it.
    #[inline]
    fn find(&self, mut at: usize, wanted: Wanted) -> Option<(&'static Row, usize)> {
        loop {
            let place = at & (self.entries.len() - 1);
            let row = self.entries.get(place)?.get()?;
            at += 1;
            if row.is(wanted) {
                return Some((row, at));
            }
        }
    }

    /// Enters a row; only one thread at a time may.
    fn insert(&self, row: &'static Row) {
        let places = (row.hash() as usize..).map(|at| at & (self.entries.len() - 1));
        let mut entries = places.filter_map(|place| self.entries.get(place));
        entries.find(|entry| entry.set(row).is_ok());
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        self.entries.iter().filter_map(OnceRef::get)
    }
}

/// Rows by their label values, compared in full: equal hashes decide nothing.
///
/// A generation that is full is followed by one of twice the size. Those before
/// are kept, since threads may be searching them: together they are as large as
/// the last one. Who finds nothing takes the lock and looks again.
///
/// Rows are never freed, no more than the cells that they name: a lookup is
/// then one load from an entry to its row.
#[derive(Debug)]
pub(super) struct Table<H = Seed> {
    hasher: H,
    /// Bytes of a row before its first value.
    before_value: u32,
    current: AtomicUsize,
    generations: [OnceBox<Generation>; GENERATIONS],
    /// Rows that readers may look at.
    len: AtomicU32,
    /// Held while a row is made.
    writer: Mutex<()>,
}

impl<H: HashValues + Default> Table<H> {
    pub(super) fn new(labels: &[LabelName]) -> Self {
        let name = labels.first().map_or("", LabelName::as_str);
        Self {
            hasher: H::default(),
            // `{name="`
            before_value: u32::try_from(name.len() + 3).unwrap_or_default(),
            current: AtomicUsize::new(0),
            generations: std::array::from_fn(|_| OnceBox::new()),
            len: AtomicU32::new(0),
            writer: Mutex::new(()),
        }
    }

    #[inline]
    fn current(&self) -> Option<&Generation> {
        // Acquire: pairs with the release in `with_room`, so that the generation
        // is there, with all rows of the one before.
        let current = self.current.load(Ordering::Acquire);
        self.generations.get(current)?.get()
    }

    /// The row of these values, if there is one.
    pub(super) fn find(&self, labels: &[LabelName], values: &[&str]) -> Option<&'static Row> {
        let hash = self.hasher.hash(values);
        let generation = self.current()?;
        let mut at = hash as usize;
        loop {
            let (row, behind) = generation.find(at, Wanted::any(hash))?;
            if row.has(labels, values) {
                return Some(row);
            }
            at = behind;
        }
    }

    /// As [`find`](Self::find), for one label and the values that most labels
    /// have; `None` as well if something stands in the way. There is no call in
    /// here, so little is saved on the stack.
    #[inline]
    pub(super) fn find_short(&self, value: &str) -> Option<&'static Row> {
        match value.len() {
            8..=16 => self.find_by_ends::<8>(value),
            4..8 => self.find_by_ends::<4>(value),
            2..4 => self.find_by_ends::<2>(value),
            _ => None,
        }
    }

    #[inline]
    fn find_by_ends<const N: usize>(&self, value: &str) -> Option<&'static Row> {
        let both = ends::<N>(value.as_bytes())?;
        let hash = self.hasher.hash_ends(both, value.len());
        let (row, _) = self.current()?.find(hash as usize, Wanted::plain(hash))?;
        let same = row.has_ends(self.before_value, both, value.len());
        same.then_some(row)
    }

    /// The row of these values. One that is new gets the cells from `make`, of
    /// which one runs at a time; `None` from it makes no row.
    pub(super) fn row(
        &self,
        labels: &[LabelName],
        values: &[&str],
        make: impl FnOnce() -> Option<u32>,
    ) -> Option<&'static Row> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = self.find(labels, values) {
            return Some(row);
        }
        // Relaxed: changed under the lock only.
        let len = self.len.load(Ordering::Relaxed);
        let generation = self.with_room(len as usize)?;
        let hash = self.hasher.hash(values);
        let row = Row::new(labels, values, make()?).in_table(len, hash);
        let row = Box::leak(Box::new(row));
        generation.insert(row);
        // Release: a reader that sees the new length sees the row.
        self.len.store(len + 1, Ordering::Release);
        Some(row)
    }

    /// The generation that one more row goes to.
    fn with_room(&self, rows: usize) -> Option<&Generation> {
        // Relaxed: changed under the lock only.
        let current = self.current.load(Ordering::Relaxed);
        let Some(generation) = self.generations.get(current)?.get() else {
            let first = || Box::new(Generation::new(FIRST_GENERATION));
            return Some(self.generations.first()?.get_or_init(first));
        };
        if rows < generation.room() {
            return Some(generation);
        }
        let grown = self.generations.get(current + 1)?.get_or_init(|| {
            let grown = Generation::new(generation.entries.len() * 2);
            generation.rows().for_each(|row| grown.insert(row));
            Box::new(grown)
        });
        // Release: who sees the number sees the generation.
        self.current.store(current + 1, Ordering::Release);
        Some(grown)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        // Acquire: pairs with the release in `row`.
        self.len.load(Ordering::Acquire) as usize
    }

    /// All rows, at least as many as `len` gave before.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Row> {
        self.current().into_iter().flat_map(Generation::rows)
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::{HashValues, Seed};
    use super::Table;
    use crate::name::LabelName;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Every hash is one, so that only the comparison tells values apart.
    #[derive(Default)]
    struct Constant;

    impl HashValues for Constant {
        fn hash(&self, _: &[&str]) -> u32 {
            1
        }

        fn hash_ends<const N: usize>(&self, _: (&[u8; N], &[u8; N]), _: usize) -> u32 {
            1
        }
    }

    fn labels(count: usize) -> Vec<LabelName> {
        let names = ["a", "b", "c"].into_iter().take(count);
        names
            .map(|name| LabelName::new(name).expect("the name is valid"))
            .collect()
    }

    fn tells_apart<H: HashValues + Default>() {
        let labels = labels(2);
        let table = Table::<H>::new(&labels);
        let mut next = 0;
        let mut cell = |values: &[&str]| {
            let make = || {
                next += 1;
                Some(next)
            };
            table
                .row(&labels, values, make)
                .expect("a row is made")
                .first()
        };
        let sets: [&[&str]; 13] = [
            &["ab", "c"],
            &["a", "bc"],
            &["abc", ""],
            &["", "abc"],
            &["x", ""],
            &["", "x"],
            &["a\",b=\"b", "c"],
            &["a", "b\",b=\"c"],
            &["a\\", "b"],
            &["a", "\\b"],
            &["a\n", "b"],
            &["a", "\nb"],
            &["a", "\\nb"],
        ];
        let first: Vec<u32> = sets.iter().map(|values| cell(values)).collect();
        let again: Vec<u32> = sets.iter().map(|values| cell(values)).collect();
        assert_eq!(first, (1..=13).collect::<Vec<u32>>());
        assert_eq!(first, again);
    }

    // Mutation: `Row::has` returns true; the second of these fails.
    #[test]
    fn values_that_join_alike_are_two_series() {
        tells_apart::<Seed>();
    }

    #[test]
    fn values_are_compared_when_all_hashes_are_equal() {
        tells_apart::<Constant>();
    }

    // Mutations: `Wanted::plain` leaves escapes out; `Row::has_ends` doesn't
    // look at the length, or at the end.
    #[test]
    fn a_short_value_is_found_only_as_itself() {
        let labels = labels(1);
        let values = [
            "\\",
            "\"",
            "",
            "abcdefgh",
            "abcdefghh",
            "aaaaaaaa",
            "aaaaaaaaa",
            "é",
        ];
        let others = [
            "\\\\",
            "\\\"",
            "a",
            "\n",
            "\\n",
            "aaaaaaaaaa",
            "abcdefghi",
            "abcd",
        ];
        for value in values {
            let table = Table::<Constant>::new(&labels);
            let _ = table.row(&labels, &[value], || Some(1));
            for other in values.into_iter().chain(others) {
                let row = table.find_short(other);
                assert!(row.is_none_or(|row| row.values(&labels) == [other]));
            }
        }
        let table = Table::<Seed>::new(&labels);
        for value in ["abcdefgh", "abcd", "ab"] {
            let _ = table.row(&labels, &[value], || Some(1));
            assert!(table.find_short(value).is_some());
        }
    }

    // Mutations: `row` doesn't look again under the lock; `with_room` leaves rows
    // out of the next generation, or makes none.
    #[test]
    fn makes_each_row_once_from_many_threads() {
        let labels = labels(1);
        let table = Table::<Seed>::new(&labels);
        let count = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for value in 0..5_000 {
                        let value = value.to_string();
                        let make = || Some(count.fetch_add(1, Ordering::Relaxed));
                        let row = table.find(&labels, &[&value]);
                        let row = row.or_else(|| table.row(&labels, &[&value], make));
                        let row = row.expect("a row is made");
                        assert_eq!(row.values(&labels), [value]);
                    }
                });
            }
        });
        assert_eq!(table.len(), 5_000);
        assert_eq!(count.into_inner(), 5_000);
        for value in 0..5_000 {
            assert!(table.find(&labels, &[&value.to_string()]).is_some());
        }
    }

    #[test]
    fn a_refused_row_is_not_kept() {
        let labels = labels(1);
        let table = Table::<Seed>::new(&labels);
        assert!(table.row(&labels, &["a"], || None).is_none());
        assert_eq!(table.len(), 0);
    }
}
