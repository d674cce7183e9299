//! Caches of moka, those that block and those that are awaited: what is recorded is what
//! their callers have seen.

use integration_tests::deadline::poll;
use integration_tests::page::Page;
use metrics_runtime::{Metrics, MokaCache, Registry};
use moka::notification::RemovalCause;
use moka::{future, sync};
use std::collections::BTreeMap;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_mins(1);

/// The toolkit on a registry of the test's own.
fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

/// What the page says of the cache `c`, without zeros, buckets and sums.
fn seen(metrics: &Metrics) -> BTreeMap<String, u64> {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let samples = page.lines().filter_map(|line| {
        let (name, rest) = line.split_once("{cache=\"c\"")?;
        let (labels, value) = rest.rsplit_once("} ")?;
        let name = name.strip_prefix("cache_")?;
        let name = name.strip_suffix("_total").unwrap_or(name);
        let is_count = !name.ends_with("_sum") && !name.ends_with("_bucket");
        let name = name.strip_suffix("_duration_seconds_count").unwrap_or(name);
        let label = labels.rsplit_once("=\"").map_or("", |(_, value)| value);
        let name = format!("{name} {}", label.trim_end_matches('"'));
        let value = value.parse().ok()?;
        is_count.then(|| (name.trim_end().to_owned(), value))
    });
    samples.filter(|(_, value)| *value > 0).collect()
}

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            yield_now().await;
        }
    };
    timeout(LIMIT, waits).await.expect("it comes true");
}

fn counts<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

/// What callers have seen, on several threads.
#[derive(Debug, Default)]
struct Tally {
    hits: AtomicU64,
    misses: AtomicU64,
    sets: AtomicU64,
    deletes: AtomicU64,
    loads: AtomicU64,
    failed: AtomicU64,
    joined: AtomicU64,
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Tally {
    fn counts(&self) -> BTreeMap<String, u64> {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        counts([
            ("hits", of(&self.hits)),
            ("misses", of(&self.misses)),
            ("sets", of(&self.sets)),
            ("deletes", of(&self.deletes)),
            ("load ok", of(&self.loads)),
            ("load error", of(&self.failed)),
            ("errors", of(&self.failed)),
            ("loads_joined", of(&self.joined)),
        ])
    }

    /// A look-up by `get`.
    fn looked_up(&self, found: bool) {
        add(if found { &self.hits } else { &self.misses });
    }

    /// A load that has ended like this, or none.
    fn loaded(&self, is_ok: bool) {
        if is_ok {
            add(&self.loads);
            add(&self.sets);
        } else {
            add(&self.failed);
        }
    }
}

/// The causes that a listener was told.
type Causes = Arc<Mutex<BTreeMap<String, u64>>>;

fn told(causes: &Causes, cause: RemovalCause) {
    let name = format!("evictions {cause:?}").to_lowercase();
    *causes
        .lock()
        .expect("nobody panics")
        .entry(name)
        .or_default() += 1;
}

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

#[test]
fn evictions_are_told_apart_by_their_cause() {
    let metrics = metrics();
    let builder = sync::Cache::builder().max_capacity(10);
    let cache = metrics.instrument_moka("c", builder);
    for key in 0..100 {
        cache.insert(key, ());
    }
    cache.run_pending_tasks();
    let seen_now = seen(&metrics);
    assert_eq!(seen_now["entries"], 10);
    assert_eq!(seen_now["evictions size"], 90);
    cache.invalidate_all();
    cache.run_pending_tasks();
    let seen_now = seen(&metrics);
    assert_eq!(seen_now["evictions explicit"], 10);
    assert!(!seen_now.contains_key("entries"), "{seen_now:?}");
    assert!(!cache.contains_key(&99));

    let builder = sync::Cache::builder().time_to_live(Duration::from_millis(1));
    let short = metrics.instrument_moka("c", builder);
    let many = metrics.instrument_moka("c", sync::Cache::builder());
    for key in 0..30 {
        short.insert(key, ());
        many.insert(key, ());
    }
    let expired = poll(LIMIT, || {
        short.run_pending_tasks();
        many.run_pending_tasks();
        (short.entry_count() == 0).then_some(())
    });
    assert!(expired.is_some());
    // Caches of one name add up.
    let seen_now = seen(&metrics);
    assert_eq!(seen_now["evictions expired"], 30);
    assert_eq!(seen_now["entries"], 30);
    drop(many);
    assert!(!seen(&metrics).contains_key("entries"));
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
