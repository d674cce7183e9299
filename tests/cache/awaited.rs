//! Caches that are awaited.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use moka::future;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::LIMIT;
use crate::page::{counts, metrics, seen};
use crate::tally::{Causes, Tally, add, told};

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            yield_now().await;
        }
    };
    timeout(LIMIT, waits).await.expect("it comes true");
}

// F6, F7. Mutation: what is dropped while it is polled is cancelled, and else a panic.
#[tokio::test]
async fn awaited_loads_are_told_apart_by_how_they_end() {
    let metrics = metrics();
    let builder = future::Cache::<u32, u32>::builder();
    let cache = metrics.instrument_moka_future("c", builder);
    assert_eq!(cache.get(&1).await, None);
    assert_eq!(cache.get_with(1, async { 7 }).await, 7);
    assert_eq!(cache.get_with(1, pending()).await, 7);
    assert_eq!(cache.get(&1).await, Some(7));
    let failed = cache.try_get_with(2, async { Err("no") }).await;
    assert_eq!(failed.map_err(|error| *error), Err("no"));
    let mut expected = counts([
        ("hits", 2),
        ("misses", 3),
        ("sets", 1),
        ("load ok", 1),
        ("load error", 1),
        ("errors", 1),
    ]);
    let seen = || {
        let mut seen = seen(&metrics);
        seen.remove("entries");
        seen
    };
    assert_eq!(seen(), expected);

    // One is given up, and who has waited for it loads.
    let given_up = tokio::spawn({
        let cache = cache.clone();
        async move { cache.get_with(3, pending()).await }
    });
    until(|| seen().get("misses") == Some(&4)).await;
    let next = tokio::spawn({
        let cache = cache.clone();
        async move { cache.get_with(3, async { 9 }).await }
    });
    until(|| seen().get("misses") == Some(&5)).await;
    given_up.abort();
    assert!(given_up.await.is_err());
    assert_eq!(next.await.expect("it goes well"), 9);
    for _ in 0..2 {
        let cache = cache.clone();
        let panics = async move {
            let load = async { resume_unwind(Box::new("on purpose")) };
            cache.get_with(4, load).await
        };
        let panics = tokio::spawn(panics).await;
        assert!(panics.expect_err("it panics").is_panic());
    }
    expected.extend(counts([
        ("misses", 7),
        ("sets", 2),
        ("load ok", 2),
        ("load panic", 2),
        ("load cancelled", 1),
        ("errors", 3),
    ]));
    assert_eq!(seen(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn awaited_caches_count_what_their_callers_see() {
    let metrics = metrics();
    let causes = Causes::default();
    let heard = Arc::clone(&causes);
    let listener = move |_, _, cause| -> moka::notification::ListenerFuture {
        let heard = Arc::clone(&heard);
        Box::pin(async move { told(&heard, cause) })
    };
    let builder = future::Cache::<(u64, u32), u32>::builder();
    let cache = metrics.instrument_moka_future_with_listener("c", builder, listener);
    let tally = Arc::new(Tally::default());
    let tasks = (0..4).map(|task| {
        let (cache, tally) = (cache.clone(), Arc::clone(&tally));
        tokio::spawn(async move {
            let mut random = fastrand::Rng::with_seed(task);
            for nth in 0..1_000 {
                let key = (task, random.u32(..20));
                match random.u32(..4) {
                    0 => tally.looked_up(cache.get(&key).await.is_some()),
                    1 => {
                        cache.insert(key, nth).await;
                        add(&tally.sets);
                    }
                    2 if cache.contains_key(&key) => {
                        cache.invalidate(&key).await;
                        add(&tally.deletes);
                    }
                    2 => assert_eq!(cache.remove(&key).await, None),
                    _ => {
                        let was_there = cache.contains_key(&key);
                        let load = async {
                            yield_now().await;
                            nth
                        };
                        cache.get_with(key, load).await;
                        tally.looked_up(was_there);
                        if !was_there {
                            tally.loaded(true);
                        }
                    }
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("the cache gives what is in it");
    }
    // All ask at once: one loads.
    let askers = (0..8).map(|_| {
        let (cache, metrics) = (cache.clone(), metrics);
        let missed = tally.misses.load(Ordering::Relaxed);
        tokio::spawn(async move {
            let load = async {
                until(|| seen(&metrics)["misses"] == missed + 8).await;
                7
            };
            cache.get_with((9, 9), load).await
        })
    });
    for asker in askers.collect::<Vec<_>>() {
        assert_eq!(asker.await.expect("nobody panics"), 7);
        add(&tally.misses);
    }
    tally.loaded(true);
    for _ in 0..7 {
        add(&tally.joined);
    }
    cache.run_pending_tasks().await;
    let mut expected = tally.counts();
    expected.extend(causes.lock().expect("nobody panics").clone());
    expected.insert("entries".to_owned(), cache.entry_count());
    assert_eq!(seen(&metrics), expected);
    assert_eq!(expected["evictions explicit"], expected["deletes"]);
    cache.invalidate_all();
    cache.run_pending_tasks().await;
    assert!(!seen(&metrics).contains_key("entries"));
}
