//! `#[unit]`.

use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry, metrics};
use std::time::Duration;

static REGISTRY: Registry = Registry::new();

#[metrics(registry = REGISTRY)]
mod units {
    /// Waits in seconds.
    #[unit(seconds)]
    #[buckets(0.1, 1.0)]
    pub(crate) fn wait_seconds() -> Histogram;

    /// Rests in seconds.
    #[buckets(0.1, 1.0)]
    #[unit(seconds)]
    pub(crate) fn rest_seconds() -> Histogram;

    /// Bytes sent.
    #[unit(bytes)]
    pub(crate) fn sent_bytes_total() -> Counter;

    /// Sizes in bytes.
    #[unit(bytes)]
    #[buckets(1024.0)]
    pub(crate) fn size_bytes(compressed: bool) -> Histogram;

    /// How full the cache is.
    #[unit(ratio)]
    pub(crate) fn cache_fill_ratio() -> Gauge;
}

fn page(registry: &Registry) -> Page {
    Page::parse(registry.to_text()).expect("the page is valid")
}

// Mutation: a histogram of seconds stays one of doubles, whose sum of tenths
// is 0.9999999999999999.
#[test]
fn a_histogram_of_seconds_is_exact() {
    for _ in 0..10 {
        units::wait_seconds().observe_duration(Duration::from_millis(100));
        units::rest_seconds().observe(0.1);
    }
    let page = page(&REGISTRY);
    for name in ["wait_seconds", "rest_seconds"] {
        let value = |suffix: &str, labels: &[_]| page.value(&format!("{name}{suffix}"), labels);
        assert_eq!(value("_sum", &[]), Some(1.0));
        assert_eq!(value("_bucket", &[("le", "0.1")]), Some(10.0));
    }
}

#[test]
fn other_units_change_no_values() {
    units::sent_bytes_total().inc_by(1 << 20);
    units::size_bytes(true).observe(0.5);
    units::size_bytes(true).observe(2e9);
    units::cache_fill_ratio().set(0.75);
    let page = page(&REGISTRY);
    assert_eq!(page.value("sent_bytes_total", &[]), Some(1_048_576.0));
    let labels = [("compressed", "true")];
    assert_eq!(page.value("size_bytes_sum", &labels), Some(2_000_000_000.5));
    assert_eq!(page.value("cache_fill_ratio", &[]), Some(0.75));
}

static DISPUTED: Registry = Registry::new();

#[metrics(registry = DISPUTED)]
mod first {
    /// Bytes read.
    #[unit(bytes)]
    pub(crate) fn read_bytes_total() -> Counter;
}

#[metrics(registry = DISPUTED)]
mod second {
    /// Bytes read.
    pub(crate) fn read_bytes_total() -> Counter;
}

// Mutation: `Schema::difference` doesn't compare the units.
#[test]
fn declarations_of_different_units_are_a_conflict() {
    first::read_bytes_total().inc();
    second::read_bytes_total().inc();
    let page = page(&DISPUTED);
    assert_eq!(page.value("read_bytes_total", &[]), Some(1.0));
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(1.0));
    let built = Metrics::builder().registry(&DISPUTED).build();
    let message = built.expect_err("the declarations disagree").to_string();
    assert!(message.contains("unit bytes against none"), "{message}");
}
