//! What Prometheus wants of every client library. That counters refuse negative
//! numbers (L2) is kept by their type, and for collectors by their families; that
//! recording doesn't wait (L7) is tested where the locks are.

use integration_tests::page::Page;
use metrics_runtime::{
    Counter, Gauge, Histogram, InProgress, RegisterError, Registry, counted, global,
};
use std::thread;

fn page(registry: &Registry) -> Page {
    Page::parse(registry.to_text()).expect("the page is valid")
}

// L1. Mutation: a gauge is read and then set.
#[test]
fn threads_lose_nothing_together() {
    const EACH: u32 = 50_000;
    fn is_shared<T: Send + Sync>(_: &T) {}
    let registry = Registry::new();
    let counter = registry.counter("a_total", "A.").expect("it is valid");
    let gauge = registry.gauge("b", "B.").expect("it is valid");
    let histogram = registry.histogram("c", "C.", &[1.0]).expect("it is valid");
    is_shared::<(Registry, Counter, Gauge, Histogram)>(&(
        Registry::new(),
        counter,
        gauge,
        histogram,
    ));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..EACH {
                    counter.inc();
                    gauge.inc();
                    histogram.observe(0.5);
                }
            });
        }
    });
    let page = page(&registry);
    let all = Some(4.0 * f64::from(EACH));
    for name in ["a_total", "b", "c_count"] {
        assert_eq!(page.value(name, &[]), all, "{name}");
    }
}

// L3. Mutation: a series is shown once it isn't zero.
#[test]
fn metrics_without_labels_are_there_at_zero() {
    let registry = Registry::new();
    let _: Counter = registry.counter("a_total", "A.").expect("it is valid");
    let _: Gauge = registry.gauge("b", "B.").expect("it is valid");
    let _: Histogram = registry.histogram("c", "C.", &[1.0]).expect("it is valid");
    let _: InProgress = registry.in_progress("d", "D.").expect("it is valid");
    let page = page(&registry);
    for name in ["a_total", "b", "c_bucket", "c_sum", "c_count", "d"] {
        assert_eq!(page.sum(name, &[]), Some(0.0), "{name}");
    }
}

// L4. Mutation: help text is taken as it comes.
#[test]
fn help_is_required() {
    for help in ["", " ", "\n"] {
        let refused = [
            Registry::new().counter("a_total", help).err(),
            Registry::new().gauge("a", help).err(),
            Registry::new().histogram("a", help, &[1.0]).err(),
            Registry::new().info("a_info", help, &[]).err(),
            Registry::new().gauge_fn("a", help, || 1.0).err(),
        ];
        assert!(refused.iter().all(Option::is_some), "{refused:?}");
    }
}

static PRIVATE: Registry = Registry::new();

#[counted(registry = PRIVATE)]
fn private() {}

#[counted]
fn public() {}

// L5. Mutation: a registry takes up the call sites of all.
#[test]
fn what_is_private_does_not_leak_into_the_default_registry() {
    private();
    public();
    let calls = |registry, function| {
        let labels = [("function", function), ("outcome", "ok")];
        page(registry).sum("function_calls_total", &labels)
    };
    assert_eq!(calls(&PRIVATE, "private"), Some(1.0));
    assert_eq!(calls(&PRIVATE, "public"), None);
    assert_eq!(calls(global(), "public"), Some(1.0));
    assert_eq!(calls(global(), "private"), None);
    let made = PRIVATE.gauge("private_depth", "Depth.");
    made.expect("it is valid").set(1.0);
    assert_eq!(page(global()).sum("private_depth", &[]), None);
}

// L6. Mutation: families with other buckets are the same.
#[test]
fn buckets_stay_and_infinity_is_implied() {
    let registry = Registry::new();
    let made = registry.histogram("a", "A.", &[1.0, 2.0]);
    made.expect("it is valid").observe(5.0);
    let other = registry.histogram("a", "A.", &[1.0, 3.0]);
    assert!(matches!(other, Err(RegisterError::Conflict(_))));
    assert!(registry.histogram("a", "A.", &[1.0, 2.0]).is_ok());
    let page = page(&registry);
    let bounds = page.samples().filter(|sample| sample.name == "a_bucket");
    let bounds: Vec<_> = bounds.map(|sample| &*sample.labels["le"]).collect();
    assert_eq!(bounds, ["1", "2", "+Inf"]);
    assert_eq!(page.value("a_bucket", &[("le", "+Inf")]), Some(1.0));
}
