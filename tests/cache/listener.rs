//! Listeners that panic.

use std::future::ready;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::notification::ListenerFuture;
use moka::{future, sync};
use tokio::task::yield_now;

use crate::diagnostic::{listen, told};
use crate::page::metrics;
use crate::tally::add;

fn panic_on_purpose() -> ! {
    resume_unwind(Box::new("on purpose"))
}

/// Whether all three are counted.
fn has_counted(metrics: &metrics_runtime::Metrics, cache: &str) -> bool {
    let line = format!("cache_evictions_total{{cache=\"{cache}\",cause=\"explicit\"}} 3\n");
    metrics.to_text().contains(&line)
}

fn diagnostic(cache: &str) -> Vec<String> {
    vec![format!(
        "the eviction listener of the cache `{cache}` has panicked, and isn't called any more; \
         evictions are counted as before; give it a listener that doesn't panic: \"on purpose\""
    )]
}

// Mutations: the listener isn't caught, so that moka calls ours no more; it is called again.
#[test]
fn evictions_are_counted_after_the_listener_has_panicked() {
    listen();
    let metrics = metrics();
    let calls = Arc::new(AtomicU64::new(0));
    let called = Arc::clone(&calls);
    let listener = move |_, (), _| {
        add(&called);
        panic_on_purpose()
    };
    let builder = sync::Cache::builder();
    let cache = metrics.instrument_moka_with_listener("blocking", builder, listener);
    for key in 0..3 {
        cache.insert(key, ());
        cache.invalidate(&key);
    }
    cache.run_pending_tasks();
    assert!(has_counted(&metrics, "blocking"), "{}", metrics.to_text());
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(told("blocking"), diagnostic("blocking"));
}

// Mutation: only the call is caught, and not what it gives.
#[tokio::test]
async fn evictions_are_counted_after_an_awaited_listener_has_panicked() {
    listen();
    let metrics = metrics();
    // As it is called, as it is polled, or as it is polled again.
    for (at, name) in ["called", "polled", "polled again"].into_iter().enumerate() {
        let calls = Arc::new(AtomicU64::new(0));
        let called = Arc::clone(&calls);
        let listener = move |_, (), _| -> ListenerFuture {
            add(&called);
            match at {
                0 => panic_on_purpose(),
                1 => Box::pin(async { panic_on_purpose() }),
                _ => Box::pin(async {
                    yield_now().await;
                    panic_on_purpose()
                }),
            }
        };
        let builder = future::Cache::builder();
        let cache = metrics.instrument_moka_future_with_listener(name, builder, listener);
        for key in 0..3 {
            cache.insert(key, ()).await;
            cache.invalidate(&key).await;
        }
        cache.run_pending_tasks().await;
        assert!(has_counted(&metrics, name), "{}", metrics.to_text());
        assert_eq!(calls.load(Ordering::Relaxed), 1, "{name}");
        assert_eq!(told(name), diagnostic(name));
    }
    // Others are awaited to their end.
    let ends = Arc::new(AtomicU64::new(0));
    let ended = Arc::clone(&ends);
    let listener = move |_, (), _| -> ListenerFuture {
        let ended = Arc::clone(&ended);
        Box::pin(async move {
            yield_now().await;
            ready(()).await;
            add(&ended);
        })
    };
    let builder = future::Cache::builder();
    let cache = metrics.instrument_moka_future_with_listener("well", builder, listener);
    for key in 0..3 {
        cache.insert(key, ()).await;
        cache.invalidate(&key).await;
    }
    assert_eq!(ends.load(Ordering::Relaxed), 3);
    assert!(told("well").is_empty());
}
