//! Which families are sampled, and what of them.
//!
//! These are families that are recorded into. A profile renames models, caches and
//! queries when the page is made, so they are the same under each; what the HTTP layer
//! records is another family under Django's.

use crate::Profile;
use crate::builtin::{cache, django, function, http, model};
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
    /// The profile under which it is recorded; `None` if it is under each.
    profile: Option<Profile>,
}

impl Source {
    const fn new(part: Part, desc: &'static Desc, labels: &'static [&'static str]) -> Self {
        Self {
            part,
            desc,
            labels,
            error: None,
            profile: None,
        }
    }

    /// The same under this profile alone.
    const fn under(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
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
/// Of Django, whose views are what routes are here.
const VIEW: &[&str] = &["method", "view"];
const FUNCTION: &[&str] = &["function", "module"];
const CACHE: &[&str] = &["cache"];
const MODEL: &[&str] = &["model"];

static SOURCES: [Source; 12] = [
    Source::new(Part::Requests, &http::HTTP_REQUESTS_TOTAL, ENDPOINT)
        .with_errors("status", is_server_error)
        .under(Profile::Toolkit),
    Source::new(
        Part::RequestDuration,
        &http::HTTP_REQUEST_DURATION_SECONDS,
        ENDPOINT,
    )
    .under(Profile::Toolkit),
    Source::new(
        Part::Requests,
        &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL,
        VIEW,
    )
    .with_errors("status", is_server_error)
    .under(Profile::DjangoPrometheus),
    Source::new(
        Part::RequestDuration,
        &django::DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD,
        VIEW,
    )
    .under(Profile::DjangoPrometheus),
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

/// All that are recorded under this profile; there is one of each part.
pub(super) fn sources(profile: Profile) -> impl Iterator<Item = &'static Source> {
    let under = move |source: &&Source| source.profile.is_none_or(|own| own == profile);
    SOURCES.iter().filter(under)
}
