//! What a program tells about itself: its process, its runtimes, its build. Compared
//! with what the kernel and tokio say by other ways.

mod page;
mod process;
mod runtime;
mod task;

use integration_tests::deadline::poll;
use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry};
use std::time::Duration;

/// How long a test waits for what must come true.
const PATIENCE: Duration = Duration::from_mins(1);

fn built(registry: &'static Registry) -> Metrics {
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("the set-up is valid")
}

fn page(metrics: Metrics) -> Page {
    Page::parse(metrics.to_text()).expect("the page is valid")
}

fn value(metrics: Metrics, name: &str, labels: &[(&str, &str)]) -> f64 {
    let value = page(metrics).value(name, labels);
    value.unwrap_or_else(|| panic!("{name}{labels:?} isn't in {}", metrics.to_text()))
}

/// Waits until a family has this value.
fn expect(metrics: Metrics, name: &str, labels: &[(&str, &str)], expected: f64) {
    let same = || (value(metrics, name, labels).to_bits() == expected.to_bits()).then_some(());
    let text = || metrics.to_text();
    assert!(
        poll(PATIENCE, same).is_some(),
        "{name}{labels:?} isn't {expected} in {}",
        text()
    );
}
