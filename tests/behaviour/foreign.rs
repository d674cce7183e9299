//! Families of the `prometheus` crate's registries on our pages.

use integration_tests::page::Kind;
use metrics_runtime::{Metrics, Registry, counted, global};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts};

use crate::driver::page;

#[test]
fn the_default_registry_is_on_the_global_page() {
    let requests = IntCounter::new("foreign_requests_total", "Requests.").expect("it is valid");
    let registered = prometheus::default_registry().register(Box::new(requests.clone()));
    registered.expect("the name is free");
    requests.inc_by(3);
    let page = page(global());
    assert_eq!(page.value("foreign_requests_total", &[]), Some(3.0));
}

static REGISTRY: Registry = Registry::new();

#[counted(name = "orders_total", help = "Ours.", registry = REGISTRY)]
fn order() {}

#[test]
fn a_registry_that_is_handed_in_is_on_the_page_and_ours_wins_over_the_same_name() {
    let foreign = prometheus::Registry::new();
    let theirs = IntCounter::new("orders_total", "Theirs.").expect("it is valid");
    theirs.inc_by(100);
    let depth = IntGauge::new("queue_depth", "Depth.").expect("it is valid");
    depth.set(-4);
    let opts = HistogramOpts::new("wait_seconds", "Waits.").buckets(vec![1.0, 2.0]);
    let waits = Histogram::with_opts(opts).expect("it is valid");
    waits.observe(1.5);
    let opts = Opts::new("mails_total", "Mails with a \\ and\na second line.");
    let mails = IntCounterVec::new(opts, &["to"]).expect("it is valid");
    mails.with_label_values(&["\"a\\b\"\n"]).inc();
    foreign
        .register(Box::new(theirs))
        .expect("the name is free");
    foreign.register(Box::new(depth)).expect("the name is free");
    foreign.register(Box::new(waits)).expect("the name is free");
    foreign.register(Box::new(mails)).expect("the name is free");

    order();
    let metrics = Metrics::builder()
        .registry(&REGISTRY)
        .foreign(foreign)
        .build();
    let page = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(page.sum("orders_total", &[]), Some(1.0));
    let orders: Vec<_> = page
        .families()
        .filter(|family| family.name == "orders_total")
        .collect();
    let help: Vec<_> = orders.iter().map(|family| family.help.as_deref()).collect();
    assert_eq!(help, [Some("Ours.")]);
    assert_eq!(page.value("queue_depth", &[]), Some(-4.0));
    assert_eq!(page.value("wait_seconds_bucket", &[("le", "1")]), Some(0.0));
    assert_eq!(page.value("wait_seconds_bucket", &[("le", "2")]), Some(1.0));
    assert_eq!(page.value("wait_seconds_sum", &[]), Some(1.5));
    assert_eq!(
        page.value("mails_total", &[("to", "\"a\\b\"\n")]),
        Some(1.0)
    );
    let mails = page.families().find(|family| family.name == "mails_total");
    let mails = mails.expect("the family is on the page");
    assert_eq!(mails.kind, Kind::Counter);
    assert_eq!(
        mails.help.as_deref(),
        Some("Mails with a \\ and\na second line.")
    );
}
