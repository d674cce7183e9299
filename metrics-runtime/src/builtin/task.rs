//! Families of `#[track_task]`, and of tasks that are spawned or repeated.

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

family! {
    /// Time in seconds that tasks have waited for their first poll.
    TASK_WAIT_SECONDS: duration(
        0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0
    )
    task_wait_seconds(task) -> Histogram
}

family! {
    /// Tasks that wait for their first poll.
    TASKS_QUEUED: in_progress
    tasks_queued(task) -> InProgress
}

family! {
    /// Times at which a repeated task was to run while it ran still.
    TASK_TICKS_MISSED_TOTAL: counter
    task_ticks_missed_total(task) -> Counter
}

family! {
    /// Time at which a repeated task runs next, in seconds since 1970; zero if it doesn't.
    TASK_NEXT_RUN_TIMESTAMP_SECONDS: gauge
    task_next_run_timestamp_seconds(task) -> Gauge
}
