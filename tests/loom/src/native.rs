//! Models of native histograms, whose buckets come up as values do. As in
//! [`model`](crate::model), each names the mutation that it was seen to fail under.

use crate::model::{Writer, explore, join, start};
use crate::slab::{self, BEFORE_BUCKETS, Slabs};
use crate::succession::Succession;
use crate::tagged::{self, Cells};
use loom::sync::Arc;
use loom::thread;
use std::cell::RefCell;

/// Cells of a histogram, of which five have tags.
const WIDTH: u32 = 8;

/// Two buckets that belong into the same cell.
const TAGS: [u32; 2] = [1, 2];

fn allocate(slabs: &Slabs) -> Cells {
    let (first, width) = (slabs.allocate(WIDTH, WIDTH), WIDTH);
    let first = first.expect("there is room");
    Cells { first, width }
}

/// Counts an observation of one.
fn observe(writer: &mut Writer, cells: Cells, tag: u32) -> bool {
    let chunk = writer.chunk(cells.first);
    tagged::try_observe(chunk, cells, tag, |sum| sum + 1)
        || tagged::observe(chunk, cells, tag, |sum| sum + 1)
}

/// The counts of both buckets, which only know ones; `None` when they were being
/// written.
fn read(slabs: &Slabs, cells: Cells) -> Option<[u64; 2]> {
    let mut counts = [0; 2];
    for table in slabs.tables() {
        let mut own = [0; WIDTH as usize - 2];
        let sum = slab::histogram(table, cells.first, &mut own)?;
        let mut observed = 0;
        for cell in own.into_iter().skip(1).filter(|cell| *cell != 0) {
            let (tag, count) = tagged::read(cell);
            assert!(count > 0, "a bucket without an observation");
            counts[usize::from(tag == TAGS[1])] += count;
            observed += count;
        }
        assert_eq!(sum, observed, "torn");
    }
    Some(counts)
}

/// Mutation: `change` leaves the sequence number as it is.
pub fn a_bucket_comes_up_while_it_is_read() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let cells = allocate(&slabs);
        let scrape = start(&slabs, move |slabs| {
            read(slabs, cells);
        });
        let mut writer = Writer::new(&slabs);
        for tag in [TAGS[0], TAGS[1], TAGS[0]] {
            assert!(observe(&mut writer, cells, tag));
        }
        join([scrape]);
        assert_eq!(read(&slabs, cells), Some([2, 1]));
    });
}

/// Mutation: `observe_shared` looks for the cell before it has the turn.
pub fn two_buckets_that_race_for_a_shared_cell_get_two() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let cells = allocate(&slabs);
        let write = move |slabs: &Slabs, tag| {
            assert!(tagged::observe_shared(slabs, cells, tag, |sum| sum + 1));
        };
        // Touched by the bucket around zero, so that the writers differ in nothing
        // but their turns.
        slabs.observe_shared(cells.first, BEFORE_BUCKETS, |sum| sum);
        let other = start(&slabs, move |slabs| write(slabs, TAGS[1]));
        let scrape = start(&slabs, move |slabs| {
            read(slabs, cells);
        });
        write(&slabs, TAGS[0]);
        join([other, scrape]);
        assert_eq!(read(&slabs, cells), Some([1, 1]));
    });
}

type Generations = Succession<(usize, Cells)>;

/// The counts of both buckets in all generations.
fn read_all(slabs: &Slabs, generations: &Generations) -> Option<[u64; 2]> {
    let mut total = [0; 2];
    for (_, cells) in generations.all() {
        let counts = read(slabs, *cells)?;
        total = [total[0] + counts[0], total[1] + counts[1]];
    }
    Some(total)
}

/// Mutation: the number of the last generation is stored relaxed.
pub fn a_generation_follows_while_buckets_come_up() {
    explore(|| {
        let slabs = Arc::new(Slabs::new());
        let generations = Arc::new(Generations::new((0, allocate(&slabs))));
        let record = |slabs: &Slabs, generations: &Generations| {
            let writer = RefCell::new(Writer::new(slabs));
            for tag in TAGS {
                // The first one is full but for one bucket.
                let count = |(nth, cells): &(usize, Cells)| {
                    let has_room = *nth > 0 || tag == TAGS[0];
                    has_room && observe(&mut writer.borrow_mut(), *cells, tag)
                };
                let make = |nth| Some((nth, allocate(slabs)));
                assert!(generations.try_last(count, make));
            }
        };
        let other = (Arc::clone(&slabs), Arc::clone(&generations));
        let other = thread::spawn(move || record(&other.0, &other.1));
        record(&slabs, &generations);
        join([other]);
        assert_eq!(read_all(&slabs, &generations), Some([2, 2]));
        assert!(generations.all().map(|(nth, _)| *nth).eq([0, 1]));
    });
}
