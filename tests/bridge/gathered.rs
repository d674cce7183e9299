//! Our families, gathered by the `prometheus` crate.

use crate::{families, page, page_of_prometheus, register, registry_with};
use metrics_runtime::{Metrics, Registry, counted, metrics, timed};
use prometheus::IntCounter;
use prometheus::proto::MetricFamily;

static SHOP: Registry = Registry::new();

#[timed(registry = SHOP)]
#[counted(registry = SHOP)]
fn order(fail: bool) -> Result<(), ()> {
    if fail { Err(()) } else { Ok(()) }
}

#[metrics(registry = SHOP)]
mod shop {
    /// Sales by "channel"\ and whether they were in advance.
    pub(crate) fn sales_total(advance: bool, channel: &str) -> Counter;
    /// Shown at zero, for its label is a closed set.
    pub(crate) fn returns_total(advance: bool) -> Counter;
    /// Never asked for, so on no page.
    pub(crate) fn thefts_total(channel: &str) -> Counter;
    /// Baskets in dollars.
    #[buckets(-1, 0.5, 1e6)]
    pub(crate) fn basket_dollars() -> Histogram;
    /// Stock.
    pub(crate) fn stock(advance: bool) -> Gauge;
    /// Visitors.
    #[cap(1)]
    pub(crate) fn visitors(name: &str) -> Gauge;
}

// Mutations: `family_of_cells` leaves out `shown`, or the constant labels; the
// counts of its buckets aren't cumulated; it keeps series without a reading.
#[test]
fn samples_are_those_of_our_page() {
    let metrics = Metrics::builder()
        .registry(&SHOP)
        .namespace("shop")
        .const_label("region", "e\"u")
        // Which the bridge leaves out.
        .process_collector(false)
        .build();
    metrics.expect("the set-up is valid");
    order(false).expect("it doesn't fail");
    order(true).expect_err("it fails");
    shop::sales_total(true, "a\\b\n\"c\"").inc_by(3);
    shop::sales_total(false, "").inc();
    for value in [-2.0, 0.25, 0.5, 7.0, 1e9] {
        shop::basket_dollars().observe(value);
    }
    shop::stock(true).set(-0.125);
    shop::visitors("ada").inc();
    shop::visitors("bob").inc();

    let ours = page(&SHOP);
    let gathered = registry_with(SHOP.collector()).gather();
    let theirs = page_of_prometheus(&gathered);
    assert_eq!(families(&theirs, ""), families(&ours, ""));

    let labels = [("advance", "true"), ("region", "e\"u")];
    assert_eq!(theirs.value("shop_returns_total", &labels), Some(0.0));
    let calls = [("function", "order"), ("outcome", "error")];
    assert_eq!(theirs.sum("shop_function_calls_total", &calls), Some(1.0));
    let seconds = "shop_function_duration_seconds_count";
    assert_eq!(theirs.sum(seconds, &calls), Some(1.0));
    let below_one = [("le", "0.5"), ("region", "e\"u")];
    let baskets = theirs.value("shop_basket_dollars_bucket", &below_one);
    assert_eq!(baskets, Some(3.0));
    assert_eq!(theirs.value("metrics_conflicts_total", &[]), Some(0.0));
    assert!(families(&theirs, "shop_thefts_total").is_empty());
    let names: Vec<&str> = gathered.iter().map(MetricFamily::name).collect();
    assert!(!names.contains(&"shop_thefts_total"), "{names:?}");
}

static BESIDE: Registry = Registry::new();

#[counted(registry = BESIDE, name = "ours_total", help = "Ours.")]
fn ours() {}

#[test]
fn ours_stand_beside_those_of_others_with_what_their_registry_adds() {
    let labels = [("host".to_owned(), "a".to_owned())].into();
    let registry = prometheus::Registry::new_custom(Some("app".to_owned()), Some(labels));
    let registry = registry.expect("it is valid");
    register(&registry, BESIDE.collector());
    let theirs = IntCounter::new("theirs_total", "Theirs.").expect("it is valid");
    theirs.inc();
    register(&registry, theirs);
    ours();
    let page = page_of_prometheus(&registry.gather());
    let host = ("host", "a");
    assert_eq!(page.value("app_theirs_total", &[host]), Some(1.0));
    let labels = [("outcome", "ok"), host];
    assert_eq!(page.value("app_ours_total", &labels), Some(1.0));
}

#[cfg(feature = "protobuf")]
mod protobuf {
    use super::{Registry, counted, registry_with};
    use prometheus::Encoder as _;

    static ENCODED: Registry = Registry::new();

    #[counted(registry = ENCODED, name = "encoded_total", help = "Ours.")]
    fn encoded() {}

    #[test]
    fn families_are_whole() {
        encoded();
        let families = registry_with(ENCODED.collector()).gather();
        let mut body = Vec::new();
        let written = prometheus::ProtobufEncoder::new().encode(&families, &mut body);
        written.expect("the families are whole");
        let name = b"encoded_total";
        assert!(body.windows(name.len()).any(|window| window == name));
    }
}
