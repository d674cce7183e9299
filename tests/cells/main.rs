//! Recording by many threads: nothing is lost, doubled or torn, nothing ever
//! decreases, and memory doesn't grow with what is recorded.
//!
//! `METRICS_PROVE` makes each run as long as the project promises.

mod sample;
mod thread_end;

use integration_tests::memory::resident_bytes;
use metrics_runtime::{Counter, Histogram, Registry, counted};
use sample::{Seen, Watch};
use std::env;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// So many times in the gate, and so many when the promise is proved.
fn times(gate: u64, prove: u64) -> u64 {
    if env::var_os("METRICS_PROVE").is_some() {
        prove
    } else {
        gate
    }
}

/// One family of each kind that cells are summed for; every observation is of
/// one, so that sum and count are equal in every moment.
struct Recorded {
    events: Counter,
    sizes: Histogram,
}

impl Recorded {
    fn new(registry: &Registry) -> Self {
        let events = registry.counter("events_total", "Events.");
        let sizes = registry.histogram("size_ones", "Ones.", &[0.5, 1.0, 2.0]);
        Self {
            events: events.expect("the name is valid"),
            sizes: sizes.expect("the name is valid"),
        }
    }

    /// Two recordings.
    fn record(&self) {
        self.events.inc();
        self.sizes.observe(1.0);
    }
}

#[test]
fn nothing_is_lost_or_doubled_while_pages_are_made() {
    const THREADS: u64 = 8;
    static REGISTRY: Registry = Registry::new();

    #[counted(registry = REGISTRY)]
    fn call() {}

    // Four recordings a round, one of them after another.
    let rounds = times(1_000_000, 100_000_000) / THREADS / 4;
    let recorded = Recorded::new(&REGISTRY);
    let done = AtomicBool::new(false);
    let pages = thread::scope(|scope| {
        let scrape = scope.spawn(|| {
            let mut watch = Watch::default();
            while !done.load(Ordering::Relaxed) {
                watch.look(&REGISTRY.to_text());
            }
            watch.pages
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        recorded.record();
                        call();
                        recorded.events.inc_by(2);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().expect("a writer doesn't panic");
        }
        done.store(true, Ordering::Relaxed);
        scrape.join().expect("no page is wrong")
    });
    let all = rounds * THREADS;
    println!("{} recordings during {pages} pages", 4 * all);
    assert!(pages > 0);
    let text = REGISTRY.to_text();
    let expected = Seen {
        events: 3 * all,
        count: all,
        sum: all,
        infinite: all,
    };
    assert_eq!(Seen::on(&text), expected);
    let calls = sample::value(&text, "function_calls_total{function=\"call\"");
    assert_eq!(calls, Some(all));
}

#[test]
fn no_histogram_is_torn_and_nothing_decreases() {
    const WRITERS: usize = 4;
    let pages = times(20_000, 1_000_000);
    let registry = Registry::new();
    let recorded = Recorded::new(&registry);
    let done = AtomicBool::new(false);
    let mut watch = Watch::default();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for _ in 0..100 {
                        recorded.record();
                    }
                }
            });
        }
        while watch.pages < pages {
            watch.look(&registry.to_text());
        }
        done.store(true, Ordering::Relaxed);
    });
    let seen = Seen::on(&registry.to_text());
    println!("{pages} pages of {} observations, none torn", seen.count);
    assert_eq!(seen.events, seen.count);
}

#[test]
fn threads_that_come_and_go_lose_nothing_and_leave_no_memory() {
    const AT_ONCE: u64 = 4;
    let threads = times(4_000, 100_000);
    let registry = Registry::new();
    let recorded = Recorded::new(&registry);
    let live = |threads: u64| {
        for _ in 0..threads / AT_ONCE {
            thread::scope(|scope| {
                for _ in 0..AT_ONCE {
                    scope.spawn(|| recorded.record());
                }
            });
        }
    };
    live(threads / 2);
    let before = resident_bytes();
    live(threads / 2);
    let grown = resident_bytes().saturating_sub(before);
    println!("{threads} threads, the last half of which took {grown} bytes");
    assert!(grown < 1 << 20, "{grown} bytes");
    let seen = Seen::on(&registry.to_text());
    assert_eq!([seen.events, seen.count, seen.sum], [threads; 3]);
}

/// More threads than there are slabs, so that some write into one together.
///
/// Mutation: `add_shared` does nothing.
#[test]
fn a_crowd_of_threads_loses_nothing() {
    const CROWD: usize = 300;
    const EACH: u64 = 2_000;
    let registry = Registry::new();
    let recorded = Recorded::new(&registry);
    let all_recorded = Barrier::new(CROWD);
    let mut watch = Watch::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CROWD)
            .map(|_| {
                scope.spawn(|| {
                    recorded.record();
                    // None ends, and leaves its slab, before all have asked.
                    all_recorded.wait();
                    for _ in 1..EACH {
                        recorded.record();
                    }
                })
            })
            .collect();
        while !threads.iter().all(thread::ScopedJoinHandle::is_finished) {
            watch.look(&registry.to_text());
        }
    });
    let all = EACH * CROWD as u64;
    let seen = Seen::on(&registry.to_text());
    assert_eq!([seen.events, seen.count, seen.sum, seen.infinite], [all; 4]);
}

#[test]
fn observations_that_nobody_scrapes_take_no_memory() {
    const THREADS: u64 = 2;
    let observations = times(2_000_000, 1_000_000_000);
    let registry = Registry::new();
    let recorded = Recorded::new(&registry);
    let observe = |observations: u64| {
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..observations / THREADS {
                        recorded.sizes.observe(1.0);
                    }
                });
            }
        });
    };
    observe(THREADS);
    let before = resident_bytes();
    observe(observations);
    let grown = resident_bytes().saturating_sub(before);
    println!("{observations} observations took {grown} bytes");
    assert!(grown <= 1 << 20, "{grown} bytes");
    assert_eq!(recorded.sizes.count(), observations + THREADS);
}
