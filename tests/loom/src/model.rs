//! The models. Each names the mutation that it was seen to fail under.

use crate::hash::HashValues;
use crate::name::LabelName;
use crate::row::Row;
use crate::slab::{self, BEFORE_BUCKETS, Slab, Slabs, Table};
use crate::sync::{AtomicBool, Ordering};
use crate::table;
use loom::model::Builder;
use loom::sync::Arc;
use loom::thread::{self, JoinHandle};
use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Runs every interleaving with at most three preemptions.
///
/// Loom remembers one access to each cell, the last one, and goes back to that:
/// a thread that loads and then stores hides what another has loaded before. So
/// the first way through a model has to write first and read last: the thread
/// that starts the others is a writer, and the scrape is the last to be started.
pub(crate) fn explore(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    let ways = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&ways);
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        model();
    });
    let ways = ways.load(Relaxed);
    assert!(ways >= 40, "only {ways} ways were tried");
    println!("{ways} ways");
}

/// As a thread records: in its own slab, touched at the first time.
pub(crate) struct Writer {
    slab: &'static Slab,
    table: &'static Table,
}

impl Writer {
    pub(crate) fn new(slabs: &Slabs) -> Self {
        let slab = slabs.claim().expect("there is a slab for each writer");
        Self {
            slab,
            table: slab.table(),
        }
    }

    pub(crate) fn chunk(&mut self, index: u32) -> &'static slab::Chunk {
        if slab::chunk(self.table, index).is_none() {
            self.table = self.slab.touch(index);
        }
        slab::chunk(self.table, index).expect("it was touched")
    }

    fn add(&mut self, index: u32) {
        slab::add(self.chunk(index), index, 1);
    }

    fn finish(&mut self, index: u32) {
        slab::add_after(self.chunk(index), index);
    }

    /// Counts an observation of one.
    fn observe(&mut self, first: u32) {
        slab::observe(self.chunk(first), first, BEFORE_BUCKETS, |sum| sum + 1);
    }
}

/// The observations of a histogram that only knows ones, as its sum and as its
/// first bucket; `None` when it was being written.
fn read(slabs: &Slabs, first: u32) -> Option<[u64; 2]> {
    let mut total = [0; 2];
    for table in slabs.tables() {
        let mut buckets = [0; 2];
        total[0] += slab::histogram(table, first, &mut buckets)?;
        total[1] += buckets[0];
    }
    Some(total)
}

/// A thread that works on the slabs.
pub(crate) fn start(slabs: &Arc<Slabs>, work: impl FnOnce(&Slabs) + 'static) -> JoinHandle<()> {
    let slabs = Arc::clone(slabs);
    thread::spawn(move || work(&slabs))
}

pub(crate) fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        thread.join().expect("no thread panics");
    }
}

/// Looks twice, and never sees less than before.
fn never_less(slabs: &Slabs, cell: u32) {
    let first = slabs.sum(cell);
    let second = slabs.sum(cell);
    assert!(first <= second, "{second} after {first}");
}

fn never_torn(slabs: &Slabs, first: u32) {
    if let Some([sum, count]) = read(slabs, first) {
        assert_eq!(sum, count);
    }
}

/// Mutation: `add` forgets what the cell held.
pub fn two_writers_lose_nothing_and_a_scrape_never_sees_less() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let cell = slabs.allocate(1, 1).expect("there is room");
        let write = move |slabs: &Slabs| {
            let mut writer = Writer::new(slabs);
            writer.add(cell);
            writer.add(cell);
        };
        let other = start(&slabs, write);
        let scrape = start(&slabs, move |slabs| never_less(slabs, cell));
        write(&slabs);
        join([other, scrape]);
        assert_eq!(slabs.sum(cell), 4);
    });
}

/// Mutations: a fence is removed, of the writer or of the reader; the sequence
/// isn't compared; the even number is stored relaxed.
pub fn a_histogram_is_never_torn() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let first = slabs.allocate(4, 4).expect("there is room");
        let scrape = start(&slabs, move |slabs| never_torn(slabs, first));
        let mut writer = Writer::new(&slabs);
        writer.observe(first);
        writer.observe(first);
        join([scrape]);
        assert_eq!(read(&slabs, first), Some([2, 2]));
    });
}

/// Mutation: the store of `release` is relaxed.
pub fn a_slab_is_handed_over_with_what_it_holds() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let cell = slabs.allocate(1, 1).expect("there is room");
        let live = move |slabs: &Slabs| {
            let mut writer = Writer::new(slabs);
            writer.add(cell);
            writer.slab.release();
        };
        let other = start(&slabs, live);
        let scrape = start(&slabs, move |slabs| never_less(slabs, cell));
        live(&slabs);
        join([other, scrape]);
        assert_eq!(slabs.sum(cell), 2);
    });
}

/// Mutations: the turn is taken relaxed, or while another writes.
pub fn writers_of_the_shared_slab_take_turns() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let first = slabs.allocate(4, 4).expect("there is room");
        let write = move |slabs: &Slabs| slabs.observe_shared(first, BEFORE_BUCKETS, |sum| sum + 1);
        // Touched, so that the writers differ in nothing but their turns.
        write(&slabs);
        let other = start(&slabs, write);
        let scrape = start(&slabs, move |slabs| never_torn(slabs, first));
        write(&slabs);
        join([other, scrape]);
        assert_eq!(read(&slabs, first), Some([3, 3]));
    });
}

/// Two cells of which the second needs a longer table.
fn near_and_far(slabs: &Slabs) -> [u32; 2] {
    [1, 10].map(|cells| {
        let first = slabs.allocate(cells, 1).expect("there is room");
        first + cells - 1
    })
}

/// Mutation: `touch` doesn't copy the chunks into the longer table.
pub fn a_table_grows_while_it_is_read() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let [near, far] = near_and_far(&slabs);
        let scrape = start(&slabs, move |slabs| never_less(slabs, near));
        let mut writer = Writer::new(&slabs);
        writer.add(near);
        writer.add(far);
        writer.add(near);
        join([scrape]);
        assert_eq!([near, far].map(|cell| slabs.sum(cell)), [2, 1]);
    });
}

/// Mutation: `shared_chunk` touches without the lock.
pub fn a_chunk_of_the_shared_slab_is_made_once() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let [near, far] = near_and_far(&slabs);
        let other = start(&slabs, move |slabs| slabs.add_shared(far, 1));
        let scrape = start(&slabs, move |slabs| never_less(slabs, near));
        slabs.add_shared(near, 1);
        join([other, scrape]);
        assert_eq!([near, far].map(|cell| slabs.sum(cell)), [1, 1]);
    });
}

/// Mutations: what is finished is stored relaxed; starts are read before ends.
pub fn what_is_in_progress_is_never_negative() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let started = slabs.allocate(2, 2).expect("there is room");
        let finished = started + 1;
        let moved = Arc::new(AtomicBool::new(false));
        // The call moves to another thread while it runs.
        let there = start(&slabs, {
            let moved = Arc::clone(&moved);
            move |slabs| {
                let mut writer = Writer::new(slabs);
                // Touched before, since that alone would publish the start.
                writer.chunk(finished);
                if moved.load(Ordering::Acquire) {
                    writer.finish(finished);
                }
            }
        });
        let scrape = start(&slabs, move |slabs| {
            let running = slabs.unfinished(started, finished);
            assert!(running <= 1, "{running}");
        });
        Writer::new(&slabs).add(started);
        moved.store(true, Ordering::Release);
        join([there, scrape]);
        assert!(slabs.unfinished(started, finished) <= 1);
    });
}

/// Where a value is looked for first.
#[derive(Default)]
struct FirstByte;

impl HashValues for FirstByte {
    fn hash(&self, values: &[&str]) -> u32 {
        values
            .iter()
            .map(|value| u32::from(value.as_bytes()[0]))
            .sum()
    }

    fn hash_ends<const N: usize>(&self, (first, _): (&[u8; N], &[u8; N]), _: usize) -> u32 {
        u32::from(first[0])
    }
}

/// Mutations: the length is stored relaxed; a longer generation is made without
/// the rows of the shorter one; who finds nothing doesn't look again under the
/// lock.
pub fn rows_are_made_while_they_are_read() {
    const LABELS: [LabelName; 1] = [LabelName(Cow::Borrowed("x"))];
    const VALUES: [&str; 3] = ["a", "b", "c"];
    explore(|| {
        let table = Arc::new(table::Table::<FirstByte>::new(&LABELS));
        let make = |table: &table::Table<FirstByte>, value: usize| {
            let cell = u32::try_from(value).ok();
            let row = table.row(&LABELS, &[VALUES[value]], || cell);
            assert_eq!(row.map(Row::first), cell);
        };
        let other = thread::spawn({
            let table = Arc::clone(&table);
            move || make(&table, 1)
        });
        let scrape = thread::spawn({
            let table = Arc::clone(&table);
            move || {
                let known = table.len();
                let rows = table.rows().count();
                assert!(rows >= known, "{rows} of {known}");
                if let Some(row) = table.find(&LABELS, &["a"]) {
                    assert_eq!(row.first(), 0);
                }
            }
        });
        // The second row needs a longer generation.
        make(&table, 0);
        make(&table, 1);
        make(&table, 2);
        join([other, scrape]);
        assert_eq!([table.len(), table.rows().count()], [3; 2]);
        for (cell, value) in (0..).zip(VALUES) {
            let row = table.find(&LABELS, &[value]);
            assert_eq!(row.map(Row::first), Some(cell));
        }
    });
}
