//! Bounds of histograms that are reckoned by the macro.

use metrics_runtime::{Registry, metrics, timed, track_model};

use crate::driver::page;

static REGISTRY: Registry = Registry::new();

#[timed(
    name = "export_duration_seconds",
    buckets = exponential(0.001, 4.0, 5),
    registry = REGISTRY
)]
fn export() {}

#[track_model(
    insert,
    model = "User",
    prefix = "shop",
    buckets = linear(0.1, 0.1, 3),
    registry = REGISTRY
)]
fn insert() {}

#[metrics(registry = super::REGISTRY)]
mod sizes {
    /// Sizes of uploads in bytes.
    #[buckets(exponential(1024, 4, 3))]
    pub(super) fn upload_size_bytes() -> Histogram;

    /// Temperature.
    #[buckets(linear(-20.0, 10.0, 4,))]
    pub(super) fn room_celsius() -> Histogram;
}

/// The upper bounds of a family, as they stand on the page.
fn bounds(family: &str) -> Vec<String> {
    let page = page(&REGISTRY);
    let name = format!("{family}_bucket");
    let buckets = page.samples().filter(|sample| sample.name == name);
    let ok = buckets.filter(|sample| sample.labels.get("outcome").is_none_or(|o| o == "ok"));
    ok.map(|sample| sample.labels["le"].clone()).collect()
}

#[test]
fn bounds_are_on_the_page_as_one_would_write_them() {
    export();
    insert();
    sizes::upload_size_bytes().observe(2000.0);
    sizes::room_celsius().observe(19.5);
    for (family, expected) in [
        (
            "export_duration_seconds",
            &["0.001", "0.004", "0.016", "0.064", "0.256", "+Inf"][..],
        ),
        (
            "shop_model_operation_duration_seconds",
            &["0.1", "0.2", "0.3", "+Inf"],
        ),
        ("upload_size_bytes", &["1024", "4096", "16384", "+Inf"]),
        ("room_celsius", &["-20", "-10", "0", "10", "+Inf"]),
    ] {
        assert_eq!(bounds(family), expected, "{family}");
    }
}
