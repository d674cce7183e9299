//! Which families are sampled, and what of them.

use crate::builtin::{cache, function, http, model};
use crate::desc::Desc;

/// What a family tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Requests,
    RequestDuration,
    Calls,
    CallDuration,
    CacheHits,
    CacheMisses,
    ModelInserts,
    ModelUpdates,
    ModelDeletes,
    ModelReads,
}

/// A label, and which of its values stand for errors.
pub(super) type ErrorLabel = (&'static str, fn(&str) -> bool);

/// A family that is sampled.
pub(super) struct Source {
    pub(super) part: Part,
    pub(super) desc: &'static Desc,
    /// The labels by which its series are kept apart; over others they are added up.
    pub(super) labels: &'static [&'static str],
    /// Which of its series count errors.
    pub(super) error: Option<ErrorLabel>,
}

impl Source {
    const fn new(part: Part, desc: &'static Desc, labels: &'static [&'static str]) -> Self {
        Self {
            part,
            desc,
            labels,
            error: None,
        }
    }

    const fn with_errors(mut self, label: &'static str, is_error: fn(&str) -> bool) -> Self {
        self.error = Some((label, is_error));
        self
    }
}

fn is_server_error(status: &str) -> bool {
    status.len() == 3 && status.starts_with('5')
}

fn is_failure(outcome: &str) -> bool {
    matches!(outcome, "error" | "panic")
}

const ENDPOINT: &[&str] = &["method", "endpoint"];
const FUNCTION: &[&str] = &["function", "module"];
const CACHE: &[&str] = &["cache"];
const MODEL: &[&str] = &["model"];

/// All of them.
pub(super) static SOURCES: [Source; 10] = [
    Source::new(Part::Requests, &http::HTTP_REQUESTS_TOTAL, ENDPOINT)
        .with_errors("status", is_server_error),
    Source::new(
        Part::RequestDuration,
        &http::HTTP_REQUEST_DURATION_SECONDS,
        ENDPOINT,
    ),
    Source::new(Part::Calls, &function::FUNCTION_CALLS_TOTAL, FUNCTION)
        .with_errors("outcome", is_failure),
    Source::new(
        Part::CallDuration,
        &function::FUNCTION_DURATION_SECONDS,
        FUNCTION,
    )
    .with_errors("outcome", is_failure),
    Source::new(Part::CacheHits, &cache::CACHE_HITS_TOTAL, CACHE),
    Source::new(Part::CacheMisses, &cache::CACHE_MISSES_TOTAL, CACHE),
    Source::new(Part::ModelInserts, &model::MODEL_INSERTS_TOTAL, MODEL),
    Source::new(Part::ModelUpdates, &model::MODEL_UPDATES_TOTAL, MODEL),
    Source::new(Part::ModelDeletes, &model::MODEL_DELETES_TOTAL, MODEL),
    Source::new(Part::ModelReads, &model::MODEL_READS_TOTAL, MODEL),
];
