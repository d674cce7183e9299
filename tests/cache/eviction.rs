//! What leaves a cache.

use std::time::Duration;

use integration_tests::deadline::poll;
use moka::sync;

use crate::LIMIT;
use crate::page::{metrics, seen};

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
