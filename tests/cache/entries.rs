//! How many values are in a cache.

use integration_tests::deadline::poll;
use moka::{future, sync};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::LIMIT;
use crate::page::{metrics, seen};

// moka runs its maintenance with reads too. Mutation: `show_all` isn't called when a page
// is made.
#[test]
fn entries_follow_the_maintenance_that_reads_run() {
    let metrics = metrics();
    let cache = metrics.instrument_moka("c", sync::Cache::builder());
    let entries = || seen(&metrics).get("entries").copied().unwrap_or(0);
    for key in 0..10 {
        cache.insert(key, ());
    }
    // Nothing but reads from now on, and a word that nothing is valid any more.
    for expected in [10, 0] {
        let come = poll(LIMIT, || {
            cache.get(&0);
            (cache.entry_count() == expected).then_some(())
        });
        assert!(come.is_some(), "{expected}");
        assert_eq!(entries(), expected);
        cache.invalidate_all();
    }
    // What is done with moka's own cache is seen as well, and caches of one name add up.
    let other = metrics.instrument_moka("c", sync::Cache::builder());
    other.inner().insert(1, ());
    other.inner().run_pending_tasks();
    assert_eq!(entries(), 1);
    // A clone of moka's own doesn't keep what is shown, nor does one of the wrapper end it.
    let kept = other.inner().clone();
    drop(other.clone());
    assert_eq!(entries(), 1);
    drop(other);
    assert_eq!(entries(), 0);
    assert_eq!(kept.entry_count(), 1);
}

#[tokio::test]
async fn entries_of_awaited_caches_follow_reads() {
    let metrics = metrics();
    let cache = metrics.instrument_moka_future("c", future::Cache::builder());
    cache.insert(1, ()).await;
    let reads = async {
        while cache.entry_count() == 0 {
            cache.get(&1).await;
            yield_now().await;
        }
    };
    timeout(LIMIT, reads).await.expect("reads run maintenance");
    assert_eq!(seen(&metrics)["entries"], 1);
}

/// Makes a page as it is dropped.
#[derive(Clone)]
struct Looking(metrics_runtime::Metrics);

impl Drop for Looking {
    fn drop(&mut self) {
        assert!(!self.0.to_text().is_empty());
    }
}

// Mutation: `Entries::drop` drops the cache under its lock.
#[test]
fn values_may_make_pages_as_they_are_dropped() {
    let metrics = metrics();
    let cache = metrics.instrument_moka("c", sync::Cache::builder());
    cache.insert(1, Looking(metrics));
    cache.run_pending_tasks();
    assert_eq!(seen(&metrics)["entries"], 1);
    drop(cache);
    assert!(!seen(&metrics).contains_key("entries"));
}
