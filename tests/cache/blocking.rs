//! Caches that block.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

use integration_tests::deadline::poll;
use metrics_runtime::MokaCache;
use moka::sync;

use crate::LIMIT;
use crate::page::{counts, metrics, seen};
use crate::tally::{Causes, Tally, add, told};

/// Hits and misses of look-ups that may load are not told to the caller: here each key
/// is used by one thread, which knows what is there. Joined look-ups have a test of
/// their own.
fn use_cache(cache: &MokaCache<(u64, u32), u32>, tally: &Tally, thread: u64) {
    let mut random = fastrand::Rng::with_seed(thread);
    let mut there = BTreeMap::new();
    for nth in 0..5_000 {
        let small = random.u32(..20);
        let key = (thread, small);
        match random.u32(..6) {
            0 => {
                let found = cache.get(&key);
                assert_eq!(found, there.get(&small).copied());
                tally.looked_up(found.is_some());
            }
            1 => {
                cache.insert(key, nth);
                there.insert(small, nth);
                add(&tally.sets);
            }
            2 => {
                let removed = cache.remove(&key);
                assert_eq!(removed, there.remove(&small));
                if removed.is_some() {
                    add(&tally.deletes);
                }
            }
            3 => {
                if there.remove(&small).is_some() {
                    add(&tally.deletes);
                }
                cache.invalidate(&key);
            }
            4 => {
                let was_there = there.contains_key(&small);
                let value = cache.get_with(key, || nth);
                assert_eq!(value, *there.entry(small).or_insert(nth));
                tally.looked_up(was_there);
                if !was_there {
                    tally.loaded(true);
                }
            }
            _ => {
                let was_there = there.contains_key(&small);
                let is_ok = random.bool();
                let result = cache.try_get_with(key, || is_ok.then_some(nth).ok_or("no"));
                tally.looked_up(was_there);
                if !was_there {
                    tally.loaded(is_ok);
                }
                if let Ok(value) = result {
                    assert_eq!(value, *there.entry(small).or_insert(nth));
                } else {
                    assert!(!was_there && !is_ok);
                }
            }
        }
    }
}

// Mutations: a load is no set; a failed load is one; `remove` counts what wasn't there;
// the listener isn't counted.
#[test]
fn a_cache_that_blocks_counts_what_its_callers_see() {
    let metrics = metrics();
    let causes = Causes::default();
    let heard = Arc::clone(&causes);
    let listener = move |_, _, cause| told(&heard, cause);
    let builder = sync::Cache::builder();
    let cache = metrics.instrument_moka_with_listener("c", builder, listener);
    let tally = Arc::new(Tally::default());
    let threads = (0..4).map(|thread| {
        let (cache, tally) = (cache.clone(), Arc::clone(&tally));
        thread::spawn(move || use_cache(&cache, &tally, thread))
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().expect("the cache gives what is in it");
    }
    cache.run_pending_tasks();
    let mut expected = tally.counts();
    let causes = causes.lock().expect("nobody panics").clone();
    assert_eq!(
        causes.keys().collect::<Vec<_>>(),
        ["evictions explicit", "evictions replaced"]
    );
    assert_eq!(causes["evictions explicit"], expected["deletes"]);
    expected.extend(causes.clone());
    let left = expected["sets"] - causes.values().sum::<u64>();
    assert_eq!(cache.entry_count(), left);
    expected.insert("entries".to_owned(), left);
    assert_eq!(seen(&metrics), expected);
    // What is gone is no longer shown.
    drop(cache);
    expected.remove("entries");
    assert_eq!(seen(&metrics), expected);
}

// Mutation: a look-up that finds what another one has loaded is a load.
#[test]
fn of_many_that_miss_at_once_one_loads_and_the_others_join() {
    let metrics = metrics();
    let cache = metrics.instrument_moka("c", sync::Cache::<u32, u32>::builder());
    for fails in [false, true] {
        let key = u32::from(fails);
        let missed = || seen(&metrics).get("misses").copied().unwrap_or(0);
        let before = missed();
        let threads = (0..8).map(|nth| {
            let (cache, metrics) = (cache.clone(), metrics);
            thread::spawn(move || {
                cache.try_get_with(key, || {
                    // The others have missed by then.
                    let all = poll(LIMIT, || {
                        let missed = seen(&metrics).get("misses").copied();
                        (missed == Some(before + 8)).then_some(())
                    });
                    assert!(all.is_some(), "all eight ask");
                    if fails { Err("no") } else { Ok(nth) }
                })
            })
        });
        let results = threads.collect::<Vec<_>>().into_iter();
        let results = results.map(|thread| thread.join().expect("nobody panics"));
        let results: Vec<_> = results.collect();
        if fails {
            // Who comes after the failure loads again.
            assert!(results.iter().all(Result::is_err));
        } else {
            assert!(results.iter().all(|result| *result == results[0]));
            let expected = counts([
                ("misses", 8),
                ("loads_joined", 7),
                ("load ok", 1),
                ("sets", 1),
            ]);
            let mut seen = seen(&metrics);
            seen.remove("entries");
            assert_eq!(seen, expected);
        }
    }
    let seen = seen(&metrics);
    assert_eq!(seen["misses"], 16);
    assert_eq!(seen["errors"], seen["load error"]);
    let (joined, failed) = (seen["loads_joined"], seen["load error"]);
    assert_eq!((joined - 7) + failed, 8);
}

// F6. Mutation: a load that is dropped is always cancelled.
#[test]
fn a_load_that_panics_is_counted_and_the_next_one_loads() {
    let metrics = metrics();
    let cache = metrics.instrument_moka("c", sync::Cache::<u32, u32>::builder());
    let panics = || cache.get_with(1, || resume_unwind(Box::new("on purpose")));
    let unwound = catch_unwind(AssertUnwindSafe(panics));
    let payload = unwound.expect_err("the load panics");
    assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
    assert_eq!(cache.get_with(1, || 2), 2);
    let mut seen = seen(&metrics);
    seen.remove("entries");
    let expected = counts([
        ("misses", 2),
        ("errors", 1),
        ("load panic", 1),
        ("load ok", 1),
        ("sets", 1),
    ]);
    assert_eq!(seen, expected);
}
