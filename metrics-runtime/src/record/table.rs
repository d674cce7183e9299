//! The table of a family: label values to series.

use super::list::List;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

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
}

/// A label set and its cells.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) values: Box<[Box<str>]>,
    pub(crate) slot: Slot,
    /// Per outcome: shown although nothing was recorded yet.
    shown: [AtomicBool; 4],
}

impl Row {
    pub(crate) fn new(values: &[&str], slot: Slot) -> Self {
        Self {
            values: values.iter().map(|&value| value.into()).collect(),
            slot,
            shown: [const { AtomicBool::new(false) }; 4],
        }
    }

    /// Shows the series of an outcome even at zero.
    pub(crate) fn show(&self, outcome: u32) {
        if let Some(shown) = self.shown.get(outcome as usize) {
            // Relaxed: a flag of its own.
            shown.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_shown(&self, outcome: u32) -> bool {
        // Relaxed, as in `show`.
        self.shown
            .get(outcome as usize)
            .is_some_and(|shown| shown.load(Ordering::Relaxed))
    }

    fn has(&self, values: &[&str]) -> bool {
        self.values
            .iter()
            .map(|value| &**value)
            .eq(values.iter().copied())
    }
}

/// Rows by their label values, compared in full: equal hashes decide nothing.
#[derive(Debug)]
pub(crate) struct Table<S = DefaultHashBuilder> {
    hasher: S,
    /// Taken by recording calls only; a scrape walks `rows`.
    index: RwLock<HashTable<u32>>,
    rows: List<Row>,
}

impl<S: BuildHasher + Default> Table<S> {
    pub(crate) fn new() -> Self {
        Self {
            hasher: S::default(),
            index: RwLock::new(HashTable::new()),
            rows: List::new(),
        }
    }

    pub(crate) fn rows(&self) -> &List<Row> {
        &self.rows
    }

    fn find_in(&self, index: &HashTable<u32>, hash: u64, values: &[&str]) -> Option<&Row> {
        let has = |row: &u32| self.rows.get(*row).is_some_and(|row| row.has(values));
        index.find(hash, has).and_then(|&row| self.rows.get(row))
    }

    /// The row of these values. One that is new gets the cells from `make`, of
    /// which one runs at a time; `None` from it makes no row.
    pub(crate) fn row(&self, values: &[&str], make: impl FnOnce() -> Option<Slot>) -> Option<&Row> {
        let hash = self.hasher.hash_one(values);
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = self.find_in(&index, hash, values) {
            return Some(row);
        }
        drop(index);
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = self.find_in(&index, hash, values) {
            return Some(row);
        }
        let slot = make()?;
        let row = self.rows.push(Row::new(values, slot))?;
        index.insert_unique(hash, row, |&row| {
            self.rows.get(row).map_or(0, |row| {
                let values: Vec<&str> = row.values.iter().map(|value| &**value).collect();
                self.hasher.hash_one(&*values)
            })
        });
        self.rows.get(row)
    }
}

#[cfg(test)]
mod tests {
    use super::{Slot, Table};
    use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Every hash is one, so that only the comparison tells values apart.
    #[derive(Default)]
    struct Constant;

    impl Hasher for Constant {
        fn finish(&self) -> u64 {
            1
        }
        fn write(&mut self, _: &[u8]) {}
    }

    fn tells_apart<H: Hasher + Default>() {
        let table = Table::<BuildHasherDefault<H>>::new();
        let mut next = 0;
        let mut cell = |values: &[&str]| {
            let make = || {
                next += 1;
                Some(Slot {
                    first: next,
                    stride: 0,
                })
            };
            table.row(values, make).expect("a row is made").slot.first
        };
        let sets: [&[&str]; 6] = [
            &["ab", "c"],
            &["a", "bc"],
            &["abc", ""],
            &["", "abc"],
            &["x", ""],
            &["", "x"],
        ];
        let first: Vec<u32> = sets.iter().map(|values| cell(values)).collect();
        let again: Vec<u32> = sets.iter().map(|values| cell(values)).collect();
        assert_eq!(first, (1..=6).collect::<Vec<u32>>());
        assert_eq!(first, again);
    }

    // Mutation: `Row::has` returns true; the second of these fails.
    #[test]
    fn values_that_join_alike_are_two_series() {
        tells_apart::<DefaultHasher>();
    }

    #[test]
    fn values_are_compared_when_all_hashes_are_equal() {
        tells_apart::<Constant>();
    }

    #[test]
    fn makes_each_row_once_from_many_threads() {
        let table = Table::<BuildHasherDefault<DefaultHasher>>::new();
        let count = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for value in 0..500 {
                        let value = value.to_string();
                        let make = || {
                            let first = count.fetch_add(1, Ordering::Relaxed);
                            Some(Slot { first, stride: 0 })
                        };
                        let row = table.row(&[&value], make).expect("a row is made");
                        assert_eq!(&*row.values[0], value);
                    }
                });
            }
        });
        assert_eq!(table.rows().len(), 500);
        assert_eq!(count.into_inner(), 500);
    }

    #[test]
    fn a_refused_row_is_not_kept() {
        let table = Table::<BuildHasherDefault<DefaultHasher>>::new();
        assert!(table.row(&["a"], || None).is_none());
        assert_eq!(table.rows().len(), 0);
    }
}
