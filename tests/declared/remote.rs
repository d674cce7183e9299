//! Families that other programs may record into.

use metrics_runtime::{LabelValue, Registry, metrics};

static REGISTRY: Registry = Registry::new();

#[derive(LabelValue, Clone, Copy)]
enum Status {
    Done,
    Failed,
}

#[metrics(registry = REGISTRY)]
mod jobs {
    /// Jobs.
    #[remote]
    pub(super) fn jobs_total(status: Status) -> Counter;
    /// Jobs by place.
    #[remote]
    #[cap(2)]
    pub(super) fn placed_jobs_total(status: Status, place: &str) -> Counter;
    /// Waiting jobs.
    #[remote]
    pub(super) fn waiting_jobs() -> Gauge;
    /// Waiting time.
    #[remote]
    #[unit(seconds)]
    pub(super) fn waiting_seconds() -> Histogram;
}

// Within the program they are families like others.
#[test]
fn families_that_are_open_are_recorded_into_as_others_are() {
    jobs::jobs_total(Status::Done).inc_by(2);
    jobs::placed_jobs_total(Status::Failed, "a").inc();
    jobs::waiting_jobs().set(3.0);
    jobs::waiting_seconds().observe(0.5);
    let page = REGISTRY.to_text();
    for line in [
        "jobs_total{status=\"done\"} 2",
        "jobs_total{status=\"failed\"} 0",
        "placed_jobs_total{status=\"failed\",place=\"a\"} 1",
        "waiting_jobs 3",
        "waiting_seconds_count 1",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}\n{page}");
    }
}

static TWICE: Registry = Registry::new();

#[metrics(registry = TWICE)]
mod open {
    /// Runs.
    #[remote]
    pub(super) fn runs_total() -> Counter;
}

#[metrics(registry = TWICE)]
mod closed {
    /// Runs.
    pub(super) fn runs_total() -> Counter;
}

// Mutation: `difference` doesn't look at the mark.
#[test]
fn a_family_is_open_everywhere_or_nowhere() {
    open::runs_total().inc();
    closed::runs_total().inc();
    let conflicts = TWICE.conflicts();
    let [conflict] = conflicts.as_slice() else {
        panic!("{conflicts:?}");
    };
    let told = conflict.to_string();
    assert!(
        told.contains("`#[remote]` stands on one of them alone"),
        "{told}"
    );
}
