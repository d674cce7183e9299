//! What is sent, and how its answer says how it has ended.

use super::command::Command;
use super::error_kind::{of_code, of_error};
use super::series::{End, Series};
use crate::Outcome;
use crate::record::Timed;
use redis::{RedisResult, ServerError, Value};

/// What one call sends.
pub(super) trait Request {
    /// What the connection answers.
    type Reply;

    /// Its durations.
    fn timed<'a>(&self, series: &'a Series) -> &'a Timed;

    /// Counts its commands by their answers.
    fn count(&self, series: &Series, result: &RedisResult<Self::Reply>) -> Outcome;

    /// Counts its commands, which have all ended in the same way.
    fn count_all(&self, series: &Series, end: End);
}

impl Request for Command {
    type Reply = Value;

    fn timed<'a>(&self, series: &'a Series) -> &'a Timed {
        &series.operated(*self).durations
    }

    fn count(&self, series: &Series, result: &RedisResult<Value>) -> Outcome {
        let end = match result {
            Ok(value) => end_of(value),
            Err(error) => End::Failed(of_error(error)),
        };
        series.count(*self, end);
        end.outcome()
    }

    fn count_all(&self, series: &Series, end: End) {
        series.count(*self, end);
    }
}

/// How a command with this answer has ended.
pub(super) fn end_of(value: &Value) -> End {
    // An array that holds an error is one to the caller too: that is what `EXEC` and
    // scripts answer.
    let error = match value {
        Value::ServerError(error) => Some(error),
        Value::Array(values) => values.iter().find_map(|value| match value {
            Value::ServerError(error) => Some(error),
            _ => None,
        }),
        _ => None,
    };
    error.map_or(End::Answered, refused)
}

/// How a command that the server answers with this error has ended.
pub(super) fn refused(error: &ServerError) -> End {
    End::Failed(of_code(error.code()))
}
