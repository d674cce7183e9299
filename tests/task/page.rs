//! What the page says of tasks.

use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry};

/// The toolkit on a registry of the test's own.
pub(crate) fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

/// The value of a sample, zero if it isn't there.
pub(crate) fn value(metrics: &Metrics, sample: &str) -> f64 {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let mut lines = page.lines();
    let found = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    found.map_or(0.0, |value| value.parse().expect("it is a number"))
}

/// The value of a counter or of a gauge that counts.
pub(crate) fn count(metrics: &Metrics, sample: &str) -> u64 {
    format!("{:.0}", value(metrics, sample))
        .parse()
        .expect("it is a count")
}

/// What the page says of the task `t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) ok: u64,
    pub(crate) error: u64,
    pub(crate) panic: u64,
    pub(crate) cancelled: u64,
    pub(crate) durations: u64,
    pub(crate) waits: u64,
    pub(crate) running: u64,
    pub(crate) queued: u64,
}

pub(crate) fn seen(metrics: &Metrics) -> Seen {
    let runs = |outcome| {
        let sample = format!("task_runs_total{{task=\"t\",outcome=\"{outcome}\"}}");
        count(metrics, &sample)
    };
    let duration = |outcome| {
        let sample = format!("task_duration_seconds_count{{task=\"t\",outcome=\"{outcome}\"}}");
        count(metrics, &sample)
    };
    Seen {
        ok: runs("ok"),
        error: runs("error"),
        panic: runs("panic"),
        cancelled: runs("cancelled"),
        durations: ["ok", "error", "panic", "cancelled"]
            .map(duration)
            .iter()
            .sum(),
        waits: count(metrics, "task_wait_seconds_count{task=\"t\"}"),
        running: count(metrics, "tasks_in_progress{task=\"t\"}"),
        queued: count(metrics, "tasks_queued{task=\"t\"}"),
    }
}
