//! Families of `#[track_task]`.

use super::family;

family! {
    /// Runs of tasks by outcome.
    TASK_RUNS_TOTAL: counter
    task_runs_total(task; outcome) -> Counter
}

family! {
    /// Duration of tasks in seconds, by outcome.
    TASK_DURATION_SECONDS: duration(
        0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0
    )
    task_duration_seconds(task; outcome) -> Histogram
}

family! {
    /// Tasks that run.
    TASKS_IN_PROGRESS: in_progress
    tasks_in_progress(task) -> InProgress
}

family! {
    /// Time at which a task last went well, in seconds since 1970; zero if never.
    TASK_LAST_SUCCESS_TIMESTAMP_SECONDS: gauge
    task_last_success_timestamp_seconds(task) -> Gauge
}
