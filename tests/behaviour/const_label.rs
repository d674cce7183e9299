//! Constant labels against the labels of families that come later.

use metrics_runtime::{BuildError, Metrics, Registry};

use crate::driver::page;

static EMPTY: Registry = Registry::new();

// Mutation: `build` asks the families alone, of which there are none yet.
#[test]
fn outcome_is_no_constant_label_even_before_there_is_a_family() {
    let built = Metrics::builder()
        .registry(&EMPTY)
        .const_label("outcome", "x")
        .build();
    let error = built.expect_err("the label is the toolkit's");
    let BuildError::LabelTaken { label, .. } = &error else {
        panic!("the label is taken: {error}");
    };
    assert_eq!(label, "outcome");
    let built = Metrics::builder()
        .registry(&EMPTY)
        .const_label("region", "eu")
        .build();
    built.expect("what was refused isn't in force");
}

static LATE: Registry = Registry::new();

// Mutation: `const_labels_of` gives every constant label.
#[test]
fn a_family_that_comes_later_keeps_its_own_label() {
    let metrics = Metrics::builder()
        .registry(&LATE)
        .const_label("tenant", "all")
        .const_label("region", "eu")
        .build()
        .expect("the set-up is valid");
    let registry = metrics.registry();
    let counters = registry.counter_family("late_total", "Late.", ["tenant"]);
    counters.expect("the name is free").with(["acme"]).inc();
    let histograms = registry.histogram_family("late_seconds", "Late.", ["tenant"], &[1.0]);
    let histogram = histograms.expect("the name is free").with(["acme"]);
    histogram.observe(0.5);
    let gauge = registry.gauge("depth", "Depth.");
    gauge.expect("the name is free").set(2.0);

    let page = page(registry);
    let own = [("tenant", "acme"), ("region", "eu")];
    assert_eq!(page.value("late_total", &own), Some(1.0));
    assert_eq!(page.value("late_seconds_count", &own), Some(1.0));
    let constant = [("tenant", "all"), ("region", "eu")];
    assert_eq!(page.value("depth", &constant), Some(2.0));
}
