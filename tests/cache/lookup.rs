//! Look-ups that load what isn't there.

use metrics_runtime::{MokaCache, MokaFutureCache};
use moka::{future, sync};

use crate::page::{counts, metrics, seen};

/// Values that fill a cache of so many.
const HOT: u32 = 4;

/// How often each of them is asked for.
const ASKED: u32 = 6;

/// A look-up that loads.
type Load = fn(&MokaCache<u32, u32>, u32);

/// How many look-ups it takes until a key is asked for often enough to stay, in a cache
/// that is full of keys which are asked for as well.
fn look_ups_until_kept(cache: &sync::Cache<u32, u32>, get_with: impl Fn(u32)) -> u32 {
    for key in (0..HOT).cycle().take((HOT * ASKED) as usize) {
        get_with(key);
        cache.run_pending_tasks();
    }
    (0..HOT).for_each(|key| assert!(cache.contains_key(&key)));
    let kept = (1..100).find(|_| {
        get_with(HOT);
        cache.run_pending_tasks();
        cache.contains_key(&HOT)
    });
    kept.expect("it is asked for more often than the others")
}

// Mutation: `found` looks by `get` alone, so that what misses counts twice.
#[test]
fn a_look_up_that_loads_counts_for_moka_as_without_the_wrapper() {
    let builder = || sync::Cache::<u32, u32>::builder().max_capacity(HOT.into());
    let plain = builder().build();
    let expected = look_ups_until_kept(&plain, |key| {
        plain.get_with(key, || key);
    });
    assert!(expected > 2, "twice as many would be seen");
    let loads: [Load; 6] = [
        |cache, key| {
            cache.get_with(key, || key);
        },
        |cache, key| {
            cache.get_with_by_ref(&key, || key);
        },
        |cache, key| {
            cache.optionally_get_with(key, || Some(key));
        },
        |cache, key| {
            cache.optionally_get_with_by_ref(&key, || Some(key));
        },
        |cache, key| drop(cache.try_get_with(key, || Ok::<_, ()>(key))),
        |cache, key| drop(cache.try_get_with_by_ref(&key, || Ok::<_, ()>(key))),
    ];
    for load in loads {
        let cache = metrics().instrument_moka("c", builder());
        let seen = look_ups_until_kept(cache.inner(), |key| load(&cache, key));
        assert_eq!(seen, expected);
    }
}

/// As [`look_ups_until_kept`], of a cache that is awaited.
async fn awaited_until_kept(
    cache: &future::Cache<u32, u32>,
    get_with: impl AsyncFn(u32),
) -> Option<u32> {
    for key in (0..HOT).cycle().take((HOT * ASKED) as usize) {
        get_with(key).await;
        cache.run_pending_tasks().await;
    }
    (0..HOT).for_each(|key| assert!(cache.contains_key(&key)));
    for nth in 1..100 {
        get_with(HOT).await;
        cache.run_pending_tasks().await;
        if cache.contains_key(&HOT) {
            return Some(nth);
        }
    }
    None
}

#[tokio::test]
async fn an_awaited_look_up_that_loads_counts_for_moka_as_without_the_wrapper() {
    let builder = || future::Cache::<u32, u32>::builder().max_capacity(HOT.into());
    let plain = builder().build();
    let get_with = async |key| {
        plain.get_with(key, async { key }).await;
    };
    let expected = awaited_until_kept(&plain, get_with).await;
    assert!(expected > Some(2), "twice as many would be seen");
    let cache = metrics().instrument_moka_future("c", builder());
    let get_with = async |key| {
        cache.get_with(key, async { key }).await;
    };
    assert_eq!(awaited_until_kept(cache.inner(), get_with).await, expected);
}

/// What is expected of a cache that has loaded, found and failed, once by value and once
/// by reference.
fn expected() -> std::collections::BTreeMap<String, u64> {
    counts([
        // Of each kind, the second look-up.
        ("hits", 6),
        // Of each kind the first one, nothing, and a failure.
        ("misses", 10),
        ("sets", 6),
        ("load ok", 8),
        ("load error", 2),
        ("errors", 2),
    ])
}

// Mutation: a load that gives nothing is a set.
#[test]
fn look_ups_by_reference_and_of_what_may_be_nothing_are_counted() {
    let metrics = metrics();
    let cache = metrics.instrument_moka("c", sync::Cache::<String, u32>::builder());
    for _ in 0..2 {
        assert_eq!(cache.get_with("a".to_owned(), || 1), 1);
        assert_eq!(cache.get_with_by_ref("b", || 2), 2);
        assert_eq!(
            cache.optionally_get_with("c".to_owned(), || Some(3)),
            Some(3)
        );
        assert_eq!(cache.optionally_get_with_by_ref("d", || Some(4)), Some(4));
        assert_eq!(cache.try_get_with("e".to_owned(), || Ok::<_, ()>(5)), Ok(5));
        assert_eq!(cache.try_get_with_by_ref("f", || Ok::<_, ()>(6)), Ok(6));
    }
    assert_eq!(cache.optionally_get_with("g".to_owned(), || None), None);
    assert_eq!(cache.optionally_get_with_by_ref("g", || None), None);
    assert!(cache.try_get_with("g".to_owned(), || Err("no")).is_err());
    assert!(cache.try_get_with_by_ref("g", || Err("no")).is_err());
    let mut seen = seen(&metrics);
    seen.remove("entries");
    assert_eq!(seen, expected());
}

#[tokio::test]
async fn awaited_look_ups_by_reference_and_of_what_may_be_nothing_are_counted() {
    let metrics = metrics();
    let cache: MokaFutureCache<String, u32> =
        metrics.instrument_moka_future("c", future::Cache::builder());
    for _ in 0..2 {
        assert_eq!(cache.get_with("a".to_owned(), async { 1 }).await, 1);
        assert_eq!(cache.get_with_by_ref("b", async { 2 }).await, 2);
        let given = cache.optionally_get_with("c".to_owned(), async { Some(3) });
        assert_eq!(given.await, Some(3));
        let given = cache.optionally_get_with_by_ref("d", async { Some(4) });
        assert_eq!(given.await, Some(4));
        let given = cache.try_get_with("e".to_owned(), async { Ok::<_, ()>(5) });
        assert_eq!(given.await, Ok(5));
        let given = cache.try_get_with_by_ref("f", async { Ok::<_, ()>(6) });
        assert_eq!(given.await, Ok(6));
    }
    let nothing = cache.optionally_get_with("g".to_owned(), async { None });
    assert_eq!(nothing.await, None);
    let nothing = cache.optionally_get_with_by_ref("g", async { None });
    assert_eq!(nothing.await, None);
    let failed = cache.try_get_with("g".to_owned(), async { Err("no") });
    assert!(failed.await.is_err());
    let failed = cache.try_get_with_by_ref("g", async { Err("no") });
    assert!(failed.await.is_err());
    let mut seen = seen(&metrics);
    seen.remove("entries");
    assert_eq!(seen, expected());
}
