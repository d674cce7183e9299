//! What the caller has seen, counted apart from the toolkit.

use crate::{Samples, samples};
use metrics_runtime::Metrics;
use redis::{RedisError, ServerError};

/// Commands by command and outcome, errors by kind, and pipelines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) operations: Samples<2>,
    pub(crate) errors: Samples<1>,
    pub(crate) pipelines: u64,
    pub(crate) pipelined: u64,
    pub(crate) singles: u64,
}

impl Tally {
    pub(crate) fn ok(&mut self, command: &str) {
        self.count(command, "ok");
    }

    pub(crate) fn cancelled(&mut self, command: &str) {
        self.count(command, "cancelled");
    }

    pub(crate) fn failed(&mut self, command: &str, kind: &str) {
        self.count(command, "error");
        *self.errors.entry([kind.to_owned()]).or_default() += 1;
    }

    fn count(&mut self, command: &str, outcome: &str) {
        let labels = [command.to_owned(), outcome.to_owned()];
        *self.operations.entry(labels).or_default() += 1;
    }

    /// A single command by what the caller was told.
    pub(crate) fn single<T>(&mut self, command: &str, result: &Result<T, RedisError>) {
        self.singles += 1;
        match result {
            Ok(_) => self.ok(command),
            Err(error) => self.failed(command, kind_of(error)),
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (labels, count) in &other.operations {
            *self.operations.entry(labels.clone()).or_default() += count;
        }
        for (labels, count) in &other.errors {
            *self.errors.entry(labels.clone()).or_default() += count;
        }
        self.pipelines += other.pipelines;
        self.pipelined += other.pipelined;
        self.singles += other.singles;
    }

    /// What the page says.
    pub(crate) fn of_page(metrics: &Metrics) -> Self {
        let sum = |name: &str| samples(metrics, name, []).values().sum();
        let mut durations = durations(metrics);
        let pipelines = durations.remove(&["pipeline".to_owned()]).unwrap_or(0);
        assert_eq!(pipelines, sum("redis_pipeline_size_count"));
        Self {
            operations: samples(metrics, "redis_operations_total", ["command", "outcome"]),
            errors: samples(metrics, "redis_errors_total", ["kind"]),
            pipelines,
            pipelined: sum("redis_pipeline_size_sum"),
            singles: durations.values().sum(),
        }
    }

    /// Commands that the server has answered.
    pub(crate) fn answered(&self, command: &str) -> u64 {
        let of = |outcome: &str| {
            let labels = [command.to_owned(), outcome.to_owned()];
            self.operations.get(&labels).copied().unwrap_or(0)
        };
        of("ok") + of("error")
    }

    pub(crate) fn total(&self, outcome: &str) -> u64 {
        let counts = self.operations.iter();
        counts
            .filter(|([_, found], _)| found == outcome)
            .map(|(_, count)| count)
            .sum()
    }
}

/// How many durations there are of each command, all outcomes together.
fn durations(metrics: &Metrics) -> Samples<1> {
    let name = "redis_operation_duration_seconds_count";
    let mut commands = Samples::<1>::new();
    for ([command, _], count) in samples(metrics, name, ["command", "outcome"]) {
        *commands.entry([command]).or_default() += count;
    }
    commands
}

/// The kind of an error, as the documentation has it.
pub(crate) fn kind_of(error: &RedisError) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connection_refusal() {
        "refused"
    } else if error.is_connection_dropped() {
        "disconnected"
    } else if error.is_io_error() {
        "io"
    } else {
        kind_of_code(error.code().expect("all others are the server's"))
    }
}

pub(crate) fn kind_of_server(error: &ServerError) -> &'static str {
    kind_of_code(error.code())
}

fn kind_of_code(code: &str) -> &'static str {
    match code {
        "ERR" => "response",
        "WRONGTYPE" => "wrong_type",
        "EXECABORT" => "exec_abort",
        "NOPERM" => "permission",
        "OOM" => "out_of_memory",
        "LOADING" => "loading",
        "MADEUP" => "other",
        code => panic!("the tests don't provoke `{code}`"),
    }
}
