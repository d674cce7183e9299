//! What isn't in cells, gathered by the `prometheus` crate.

use crate::{families, page, page_of_prometheus, registry_with};
use integration_tests::page::Kind;
use metrics_runtime::{Collector, Families, Metrics, NativeBuckets, Registry};
use std::error::Error;
use std::time::Duration;

type Done = Result<(), Box<dyn Error + Send + Sync>>;

struct Pool;

impl Collector for Pool {
    fn name(&self) -> &'static str {
        "pool"
    }

    fn collect(&self, families: &mut Families) -> Done {
        let pool = [("pool", "a\"\\\n")];
        families
            .counter("pool_hits_total", "Hits.", &pool, 1.5)
            .gauge("pool_size", "Size.", &pool, f64::NAN)
            .histogram("pool_wait", "Waits.", &pool, &[(0.5, 1), (2.0, 3)], 7.0, 4)
            .summary("pool_use", "Use.", &pool, &[(0.5, 1.0)], 7.0, 4)
            .info("pool_info", "Pool.", &pool)
            .state_set(
                "pool_state",
                "State.",
                &pool,
                &[("up", true), ("down", false)],
            )
            .unknown("pool_other", "Other.", &pool, -2.0)
            .counter("shop_depth_total", "Clashes.", &[], 1.0)
            .gauge("shop_jobs", "Clashes.", &[], 1.0);
        Ok(())
    }
}

static SHOP: Registry = Registry::new();

// Mutations: `Bridge::collect` leaves out `inline` or what it gathered, or families
// that clash; state sets are one gauge.
#[test]
fn what_is_not_in_cells_is_gathered_too() {
    let metrics = Metrics::builder()
        .registry(&SHOP)
        .namespace("shop")
        .const_label("region", "eu")
        .collector_deadline(Duration::from_mins(1))
        .collector(Pool)
        // Whose numbers differ from page to page, and which the bridge leaves out.
        .process_collector(false)
        .build();
    metrics.expect("the set-up is valid");
    SHOP.info("build_info", "Build.", &[("version", "1")])
        .expect("it is valid");
    let open = SHOP.state_set::<bool>("open", "Open.");
    open.expect("it is valid").set(true);
    let sizes = SHOP.summary("mail_bytes", "Mails.", &[0.5, 0.99]);
    let sizes = sizes.expect("it is valid");
    for size in 1..100_u8 {
        sizes.observe(size.into());
    }
    SHOP.gauge_fn("depth", "Depth.", || -0.5)
        .expect("it is valid");
    SHOP.counter_fn("jobs_total", "Jobs.", || 7)
        .expect("it is valid");
    let native = SHOP.native_histogram("reply_bytes", "Replies.", NativeBuckets::default());
    let native = native.expect("it is valid");
    for value in [-1.0, 0.0, 3.0, 1e9] {
        native.observe(value);
    }

    let mut ours = families(&page(&SHOP), "");
    let gathered = registry_with(SHOP.collector()).gather();
    let theirs = page_of_prometheus(&gathered);
    // That crate's encoder panics at one that is untyped.
    let other = ours.get_mut("pool_other").expect("it is on the page");
    assert_eq!(other.0, Kind::Untyped);
    other.0 = Kind::Gauge;
    assert_eq!(families(&theirs, ""), ours);

    let region = ("region", "eu");
    let state = [("shop_open", "true"), region];
    assert_eq!(theirs.value("shop_open", &state), Some(1.0));
    assert_eq!(theirs.value("shop_mail_bytes_count", &[region]), Some(99.0));
    assert_eq!(theirs.value("shop_jobs_total", &[region]), Some(7.0));
    let bucket = [("le", "4"), region];
    assert_eq!(theirs.value("shop_reply_bytes_bucket", &bucket), Some(3.0));
    let success = [("collector", "pool")];
    assert_eq!(
        theirs.value("metrics_collector_success", &success),
        Some(1.0)
    );
}

/// Gathers a registry of the `prometheus` crate that has the bridge to the registry
/// which this one is a collector of.
struct Curious(prometheus::Registry);

impl Collector for Curious {
    fn name(&self) -> &'static str {
        "curious"
    }

    fn collect(&self, families: &mut Families) -> Done {
        let seen = u8::try_from(self.0.gather().len())?;
        families.gauge("seen", "Families.", &[], seen.into());
        Ok(())
    }
}

static NESTED: Registry = Registry::new();

// Mutation: the worker of a collector doesn't say for whom it gathers.
#[test]
fn a_collector_that_gathers_its_own_bridge_sees_nothing_of_it() {
    let theirs = registry_with(NESTED.collector());
    let metrics = Metrics::builder()
        .registry(&NESTED)
        .collector_deadline(Duration::from_mins(1))
        .collector(Curious(theirs.clone()))
        .build();
    metrics.expect("the set-up is valid");
    let gathered = page_of_prometheus(&theirs.gather());
    assert_eq!(gathered.value("seen", &[]), Some(0.0));
    assert_eq!(page(&NESTED).value("seen", &[]), Some(0.0));
}
