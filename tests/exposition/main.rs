//! Random registries with hostile text and numbers: what is recorded is what an
//! independent parser, promtool and Pushgateway read from the page (T1 to T12,
//! T14 and T15 of the format's rules).
//!
//! `METRICS_SEED` repeats a run; its seed is printed.

mod model;

use integration_tests::page::Page;
use integration_tests::promtool;
use integration_tests::pushgateway::Pushgateway;
use metrics_runtime::Registry;
use model::Model;
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// Registries that the own parser reads.
const REGISTRIES: u64 = 300;

/// Registries that the real components read too.
const REAL: u64 = 5;

fn seed() -> u64 {
    let given = env::var("METRICS_SEED").ok();
    let given = given.map(|seed| seed.parse().expect("METRICS_SEED is an unsigned number"));
    let seed = given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(0, |now| now.as_secs())
    });
    println!("seed {seed}");
    seed
}

// Mutations: no escape of `\`, of `"` or of a line feed in label values; buckets
// not cumulated; `inf` for `+Inf`; sums before buckets.
#[test]
fn every_registry_is_read_back_as_recorded() {
    let seed = seed();
    for number in 0..REGISTRIES {
        let registry = Registry::new();
        let model = Model::fill(&registry, seed.wrapping_add(number));
        let text = registry.to_text();
        let page = Page::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        model.compare(&page);
        assert_eq!(
            registry.to_text(),
            text,
            "the page of one state is the same (T14)"
        );
    }
}

#[test]
fn real_components_accept_the_page() {
    let seed = seed();
    let gateway = Pushgateway::start();
    for number in 0..REAL {
        let registry = Registry::new();
        let _ = Model::fill(&registry, seed.wrapping_add(number));
        let text = registry.to_text();
        let checked = promtool::check_metrics(&text);
        assert_eq!(checked, Ok(()), "{text}");
        let pushed = gateway.put(&format!("page-{number}"), &text);
        assert_eq!(pushed.status, 200, "{}\n{text}", pushed.text());
    }
}

#[test]
fn an_empty_registry_serves_what_it_counts_about_itself() {
    let text = Registry::new().to_text();
    let page = Page::parse(&text).expect("the page is valid");
    assert_eq!(page.samples().count(), 1);
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(0.0));
}
