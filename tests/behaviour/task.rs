//! `#[track_task]`: runs, how long they take, and when one last went well.

use std::pin::pin;
use std::time::SystemTime;

use metrics_runtime::{Registry, track_task};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, page, ready, suspend,
};

static REGISTRY: Registry = Registry::new();

/// Runs by outcome, which must be as many as were timed.
#[track_caller]
fn runs(task: &str) -> Calls {
    let task = [("task", task)];
    let runs = by_outcome(&REGISTRY, "task_runs_total", &task);
    let timed = by_outcome(&REGISTRY, "task_duration_seconds_count", &task);
    assert_eq!(runs, timed);
    runs
}

#[track_caller]
fn value(family: &str, task: &str) -> Option<f64> {
    page(&REGISTRY).value(family, &[("task", task)])
}

#[track_caller]
fn last_success(task: &str) -> f64 {
    let time = value("task_last_success_timestamp_seconds", task);
    time.expect("the task is known")
}

fn now() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.expect("it is later than 1970").as_secs_f64()
}

#[track_task(registry = REGISTRY)]
async fn nightly(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn a_run_is_counted_and_timed_by_outcome() {
    assert_eq!(value("tasks_in_progress", "nightly"), Some(0.0));
    drop(nightly(End::Return));
    let mut run = pin!(nightly(End::Return));
    suspend(run.as_mut());
    assert_eq!(value("tasks_in_progress", "nightly"), Some(1.0));
    assert_eq!(ready(run), Ok(VALUE));
    assert_eq!(ready(nightly(End::Fail)), Err(Failure));
    assert_panics(|| ready(nightly(End::Panic)));
    cancel(nightly(End::Wait));
    assert_eq!(runs("nightly"), Calls::EACH_ASYNC);
    assert_eq!(value("tasks_in_progress", "nightly"), Some(0.0));
}

#[track_task(registry = REGISTRY)]
async fn hourly(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

// Mutation: `Record::LastSuccess` doesn't look at the outcome.
#[test]
fn the_last_success_is_told_in_seconds_of_unix_and_failures_leave_it() {
    assert_eq!(last_success("hourly").to_bits(), 0, "never yet");
    assert_eq!(ready(hourly(End::Fail)), Err(Failure));
    assert_eq!(last_success("hourly").to_bits(), 0);
    let before = now();
    assert_eq!(ready(hourly(End::Return)), Ok(VALUE));
    let told = last_success("hourly");
    assert!((before..=now()).contains(&told), "{told} after {before}");
    // The clock has moved on when the others end.
    while now() <= told {}
    assert_eq!(ready(hourly(End::Fail)), Err(Failure));
    assert_panics(|| ready(hourly(End::Panic)));
    cancel(hourly(End::Wait));
    assert_eq!(last_success("hourly").to_bits(), told.to_bits());
    assert_eq!(ready(hourly(End::Return)), Ok(VALUE));
    assert!(last_success("hourly") > told);
}

#[track_task(task = "clean-up", registry = REGISTRY)]
fn remove_what_is_old(end: End) -> Result<u32, Failure> {
    assert_eq!(value("tasks_in_progress", "clean-up"), Some(1.0));
    end.reach()
}

#[test]
fn a_task_may_have_a_name_of_its_own() {
    assert_eq!(remove_what_is_old(End::Return), Ok(VALUE));
    assert_eq!(remove_what_is_old(End::Fail), Err(Failure));
    assert_panics(|| remove_what_is_old(End::Panic));
    assert_eq!(runs("clean-up"), Calls::EACH);
    assert_eq!(runs("remove_what_is_old"), Calls::NONE);
}

struct Jobs;

#[track_task(registry = REGISTRY)]
impl Jobs {
    fn sweep() {}

    #[track_task(task = "own")]
    fn named(&self) {
        let Self = self;
    }

    #[track_task(skip)]
    fn skipped(&self) {
        let Self = self;
    }
}

#[test]
fn a_block_tracks_every_method_under_its_type() {
    Jobs::sweep();
    Jobs.named();
    Jobs.skipped();
    assert_eq!(runs("Jobs::sweep"), Calls::OK);
    assert_eq!(runs("own"), Calls::OK);
    let tasks = page(&REGISTRY);
    let mut tasks = tasks
        .samples()
        .filter_map(|sample| sample.labels.get("task"));
    assert!(tasks.all(|task| !task.contains("skipped")));
}

#[track_task(
    prefix = "batch",
    labels(queue = queue, rows = |ret| *ret),
    buckets = [1.0],
    registry = REGISTRY
)]
fn drain(queue: &str) -> usize {
    queue.len()
}

#[test]
fn families_with_a_prefix_take_labels_and_those_of_the_end_only_at_the_end() {
    assert_eq!(drain("mail"), 4);
    let page = page(&REGISTRY);
    let running = [("task", "drain"), ("queue", "mail")];
    assert_eq!(page.value("batch_tasks_in_progress", &running), Some(0.0));
    let [task, queue] = running;
    let ended = [task, queue, ("rows", "4"), ("outcome", "ok")];
    assert_eq!(page.value("batch_task_runs_total", &ended), Some(1.0));
    let [.., rows, _] = ended;
    let told = page.value(
        "batch_task_last_success_timestamp_seconds",
        &[task, queue, rows],
    );
    assert!(told > Some(0.0), "{told:?}");
}
