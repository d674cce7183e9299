//! Pipelines and transactions, whose commands are counted one by one.

use super::command::Command;
use super::error_kind::of_error;
use super::request::{Request, end_of, refused};
use super::series::{End, Series};
use crate::Outcome;
use crate::record::Timed;
use redis::{Pipeline, RedisError, RedisResult, Value};

impl Request for &Pipeline {
    type Reply = Vec<Value>;

    fn timed<'a>(&self, series: &'a Series) -> &'a Timed {
        series.pipelines()
    }

    fn count(&self, series: &Series, result: &RedisResult<Vec<Value>>) -> Outcome {
        observe_size(self, series);
        match result {
            Ok(values) if self.is_transaction() => count_transaction(self, series, values),
            Ok(values) => count_each(self, series, values),
            Err(error) => count_failed(self, series, error),
        }
    }

    fn count_all(&self, series: &Series, end: End) {
        observe_size(self, series);
        count_all(self, series, end);
    }
}

fn observe_size(pipeline: &Pipeline, series: &Series) {
    #[expect(clippy::cast_precision_loss, reason = "histograms take doubles")]
    series.pipeline_size.observe(pipeline.len() as f64);
}

/// Counts what the caller has put in; an error if any of it has failed.
fn count_by(pipeline: &Pipeline, series: &Series, ended: impl Fn(usize) -> End) -> Outcome {
    let mut outcome = Outcome::Ok;
    for (index, command) in pipeline.cmd_iter().enumerate() {
        let end = ended(index);
        series.count(Command::of(command), end);
        if let End::Failed(_) = end {
            outcome = Outcome::Error;
        }
    }
    outcome
}

/// Each command by the answer in its place.
fn count_each(pipeline: &Pipeline, series: &Series, values: &[Value]) -> Outcome {
    count_by(pipeline, series, |index| {
        values.get(index).map_or(End::Answered, end_of)
    })
}

/// A transaction by what the server answers to its `EXEC`.
fn count_transaction(pipeline: &Pipeline, series: &Series, values: &[Value]) -> Outcome {
    series.count(Command::multi(), End::Answered);
    match values {
        [Value::Array(values)] => {
            series.count(Command::exec(), End::Answered);
            count_each(pipeline, series, values)
        }
        // A watched key has changed, and nothing was executed.
        [Value::Nil] => {
            series.count(Command::exec(), End::Answered);
            count_by(pipeline, series, |_| End::GivenUp)
        }
        // Nothing was executed here either, if this is an error.
        _ => {
            let end = values.first().map_or(End::Answered, end_of);
            series.count(Command::exec(), end);
            let inner = match end {
                End::Failed(_) => End::GivenUp,
                _ => End::Answered,
            };
            count_by(pipeline, series, |_| inner);
            end.outcome()
        }
    }
}

/// A pipeline that has failed as a whole. A server that refuses to queue a command
/// executes none of its transaction, and the error says which it refused.
fn count_failed(pipeline: &Pipeline, series: &Series, error: &RedisError) -> Outcome {
    let kind = of_error(error);
    let is_aborted = pipeline.is_transaction() && kind == "exec_abort";
    let errors = is_aborted.then(|| error.clone().into_server_errors());
    let Some(errors) = errors.flatten() else {
        count_all(pipeline, series, End::Failed(kind));
        return Outcome::Error;
    };
    series.count(Command::multi(), End::Answered);
    series.count(Command::exec(), End::Failed(kind));
    count_by(pipeline, series, |index| {
        let found = errors.iter().find(|(refused, _)| *refused == index);
        found.map_or(End::GivenUp, |(_, error)| refused(error))
    });
    Outcome::Error
}

fn count_all(pipeline: &Pipeline, series: &Series, end: End) {
    if pipeline.is_transaction() {
        series.count(Command::multi(), end);
        series.count(Command::exec(), end);
    }
    count_by(pipeline, series, |_| end);
}
