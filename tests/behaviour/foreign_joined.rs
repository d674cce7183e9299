//! Several registries of the `prometheus` crate on one page.

use integration_tests::child::in_child;
use metrics_runtime::{Diagnostic, Metrics, Registry, counted};
use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts};

use crate::driver::page;
use crate::told::Told;

#[track_caller]
fn register(registry: &prometheus::Registry, collector: &(impl Collector + Clone + 'static)) {
    let registered = registry.register(Box::new(collector.clone()));
    registered.expect("the name is free");
}

/// A registry with a counter, whose series have these values, and a histogram.
#[track_caller]
fn mails(series: &[(&str, u64)]) -> prometheus::Registry {
    let registry = prometheus::Registry::new();
    let mails = IntCounterVec::new(Opts::new("mails_total", "Mails."), &["to"]);
    let mails = mails.expect("it is valid");
    let opts = HistogramOpts::new("mail_bytes", "Mails.").buckets(vec![1.0, 4.0]);
    let bytes = HistogramVec::new(opts, &["to"]).expect("it is valid");
    for &(to, value) in series {
        mails.with_label_values(&[to]).inc_by(value);
        bytes.with_label_values(&[to]).observe(2.0);
    }
    register(&registry, &mails);
    register(&registry, &bytes);
    registry
}

static JOINED: Registry = Registry::new();

// Mutation: `bridge::gather` gives all families as they come.
// Mutation: `bridge::join` adds series that are there already.
#[test]
fn families_of_one_name_and_kind_are_joined_and_the_first_of_equal_series_stays() {
    let metrics = Metrics::builder()
        .registry(&JOINED)
        .foreign(mails(&[("a", 1), ("both", 2)]))
        .foreign(mails(&[("both", 4), ("b", 8)]))
        .build();
    let page = page(metrics.expect("the set-up is valid").registry());
    for (to, value) in [("a", 1.0), ("both", 2.0), ("b", 8.0)] {
        assert_eq!(page.value("mails_total", &[("to", to)]), Some(value));
        let bucket = [("to", to), ("le", "4")];
        assert_eq!(page.value("mail_bytes_bucket", &bucket), Some(1.0));
        assert_eq!(page.value("mail_bytes_count", &[("to", to)]), Some(1.0));
    }
    assert_eq!(page.sum("mails_total", &[]), Some(11.0));
    assert_eq!(page.sum("mail_bytes_count", &[]), Some(3.0));
}

static KINDS: Registry = Registry::new();

#[counted(name = "orders_total", help = "Ours.", registry = KINDS)]
fn order() {}

// Mutation: `Registry::report_shadowed` keeps no names, or reports before it
// lets go of the state.
// Mutation: `bridge::gather` joins without a look at the kinds.
#[test]
fn a_family_of_another_kind_is_left_out_and_told_once() {
    let name = "foreign_joined::a_family_of_another_kind_is_left_out_and_told_once";
    in_child(name, &[], || {
        let told = Told::hook(|| {
            let _ = KINDS.to_text();
        });
        let (first, second) = (prometheus::Registry::new(), prometheus::Registry::new());
        let counter = IntCounter::new("jobs_total", "Jobs.").expect("it is valid");
        counter.inc_by(3);
        register(&first, &counter);
        let gauge = IntGauge::new("jobs_total", "Gauge.").expect("it is valid");
        gauge.set(-4);
        register(&second, &gauge);
        let orders = IntCounter::new("orders_total", "Theirs.").expect("it is valid");
        orders.inc_by(100);
        register(&first, &orders);
        register(&second, &orders);

        let metrics = Metrics::builder()
            .registry(&KINDS)
            .foreign(first)
            .foreign(second)
            .build();
        let metrics = metrics.expect("the set-up is valid");
        order();
        for _ in 0..2 {
            let page = page(metrics.registry());
            assert_eq!(page.value("jobs_total", &[]), Some(3.0));
            assert_eq!(page.sum("orders_total", &[]), Some(1.0));
        }
        let told = told.all().into_iter();
        let mut shadowed: Vec<_> = told
            .map(|diagnostic| match diagnostic {
                Diagnostic::Shadowed { family } => family,
                other => panic!("nothing else is wrong: {other}"),
            })
            .collect();
        shadowed.sort_unstable();
        assert_eq!(shadowed, ["jobs_total", "orders_total"]);
    });
}

static LATER: Registry = Registry::new();

// Mutation: only the first `build` of a registry adds foreign ones.
#[test]
fn a_registry_that_is_handed_to_a_second_build_is_on_the_page_once() {
    let builder = || Metrics::builder().registry(&LATER).namespace("shop");
    let metrics = builder().build().expect("the set-up is valid");
    assert_eq!(page(metrics.registry()).sum("mails_total", &[]), None);
    let foreign = mails(&[("a", 1)]);
    for _ in 0..2 {
        let again = builder().foreign(foreign.clone()).build();
        again.expect("the set-up is the same");
        let page = page(metrics.registry());
        assert_eq!(page.value("mails_total", &[("to", "a")]), Some(1.0));
    }
}

static REFUSED: Registry = Registry::new();

// Mutation: `build` adds the foreign registries before it looks at the settings.
#[test]
fn a_build_that_is_refused_adds_no_registry() {
    let builder = || Metrics::builder().registry(&REFUSED);
    let metrics = builder().build().expect("the set-up is valid");
    let refused = builder()
        .namespace("other")
        .foreign(mails(&[("a", 1)]))
        .build();
    refused.expect_err("the set-up is another");
    assert_eq!(page(metrics.registry()).sum("mails_total", &[]), None);
}
