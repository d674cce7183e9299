//! What a summary has observed, in parts of which a recording takes one that is
//! free.

use sketches_ddsketch::{Config, DDSketch};
use std::array;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

const SHARDS: usize = 8;

/// How far back quantiles look, at least; twice as far at most.
const WINDOW: Duration = Duration::from_mins(5);

/// Observations of some threads.
#[derive(Default)]
struct Shard {
    sum: f64,
    count: u64,
    sketches: Option<Sketches>,
}

/// Those since the window began, and those of the window before.
struct Sketches {
    now: DDSketch,
    before: DDSketch,
    began: Instant,
}

/// All observations of a summary.
pub(super) struct Shards {
    all: [Mutex<Shard>; SHARDS],
    /// What found no shard free: exact, but not in the quantiles.
    sum: AtomicU64,
    count: AtomicU64,
}

/// What was observed.
pub(super) struct Reading {
    pub(super) sum: f64,
    pub(super) count: u64,
    pub(super) sketch: Option<DDSketch>,
}

fn sketch() -> DDSketch {
    // Values are within 1 % of the observed ones.
    DDSketch::new(Config::defaults())
}

/// Where this thread looks first.
fn first() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        // Relaxed: any number will do.
        static FIRST: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    }
    FIRST.try_with(|first| *first).unwrap_or_default()
}

impl Shards {
    pub(super) fn new(with_sketches: bool) -> Self {
        let shard = |_| {
            let sketches = with_sketches.then(|| Sketches {
                now: sketch(),
                before: sketch(),
                began: Instant::now(),
            });
            Mutex::new(Shard {
                sketches,
                ..Shard::default()
            })
        };
        Self {
            all: array::from_fn(shard),
            sum: AtomicU64::new(0.0_f64.to_bits()),
            count: AtomicU64::new(0),
        }
    }

    /// Adds an observation, which isn't NaN. Never waits.
    pub(super) fn observe(&self, value: f64) {
        let (before, after) = self.all.split_at(first());
        for shard in after.iter().chain(before) {
            let mut shard = match shard.try_lock() {
                Ok(shard) => shard,
                // No user code runs under the lock.
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            shard.sum += value;
            shard.count += 1;
            // The sketch has no bucket for an infinite value.
            if value.is_finite()
                && let Some(sketches) = &mut shard.sketches
            {
                sketches.now.add(value);
            }
            return;
        }
        self.observe_beside(value);
    }

    #[cold]
    fn observe_beside(&self, value: f64) {
        let add = |bits| Some((f64::from_bits(bits) + value).to_bits());
        // Relaxed: numbers of their own; a reading may have one without the
        // other, and both at the next.
        let _ = self
            .sum
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Reading {
        // Relaxed, as above.
        let mut reading = Reading {
            sum: f64::from_bits(self.sum.load(Ordering::Relaxed)),
            count: self.count.load(Ordering::Relaxed),
            sketch: None,
        };
        for shard in &self.all {
            let mut shard = lock(shard);
            reading.sum += shard.sum;
            reading.count += shard.count;
            let Some(sketches) = &mut shard.sketches else {
                continue;
            };
            sketches.turn(Instant::now());
            let whole = reading.sketch.get_or_insert_with(sketch);
            // They are all made alike, which is the one thing that can fail.
            let _ = whole.merge(&sketches.now);
            let _ = whole.merge(&sketches.before);
        }
        reading
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sketches {
    /// Lets go of what is too old.
    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.began);
        if age < WINDOW {
            return;
        }
        let last = std::mem::replace(&mut self.now, sketch());
        self.before = if age < 2 * WINDOW { last } else { sketch() };
        self.began = now;
    }
}

#[cfg(test)]
mod tests {
    use super::{SHARDS, Shards, WINDOW, lock};
    use std::thread;

    // Mutation: what finds no shard free is dropped.
    #[test]
    fn nothing_is_lost_or_waits_while_all_shards_are_taken() {
        let shards = Shards::new(true);
        let taken: Vec<_> = shards.all.iter().map(lock).collect();
        assert_eq!(taken.len(), SHARDS);
        shards.observe(1.5);
        shards.observe(2.0);
        drop(taken);
        shards.observe(4.0);
        let reading = shards.read();
        assert_eq!((reading.sum, reading.count), (7.5, 3));
        assert_eq!(reading.sketch.map(|sketch| sketch.count()), Some(1));
    }

    #[test]
    fn threads_lose_nothing() {
        let shards = Shards::new(true);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| shards.observe(0.5)));
            }
            for _ in 0..20 {
                shards.read();
            }
        });
        let reading = shards.read();
        assert_eq!((reading.sum, reading.count), (2_000.0, 4_000));
    }

    // Mutation: `turn` forgets the window that ends.
    #[test]
    fn quantiles_forget_after_two_windows() {
        let shards = Shards::new(true);
        shards.observe(1.0);
        let count = || {
            let held = shards.all.iter().filter_map(|shard| {
                let shard = lock(shard);
                let sketches = shard.sketches.as_ref()?;
                Some(sketches.now.count() + sketches.before.count())
            });
            held.sum::<usize>()
        };
        for left in [1, 0] {
            for shard in &shards.all {
                let sketches = &mut lock(shard).sketches;
                let sketches = sketches.as_mut().expect("it has sketches");
                sketches.turn(sketches.began + WINDOW);
            }
            assert_eq!(count(), left);
        }
        assert_eq!(shards.read().count, 1);
    }
}
