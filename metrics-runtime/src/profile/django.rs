//! The families of django-prometheus that aren't of HTTP.

use super::rule::{Origin, Rule, Source};
use crate::builtin::cache::{
    CACHE_HITS_TOTAL, CACHE_MISSES_TOTAL, CACHE_OPERATION_DURATION_SECONDS,
};
use crate::builtin::model::{MODEL_DELETES_TOTAL, MODEL_INSERTS_TOTAL, MODEL_UPDATES_TOTAL};
use crate::builtin::query::{DB_ERRORS_TOTAL, DB_QUERIES_TOTAL, DB_QUERY_DURATION_SECONDS};
use crate::collect::model::Kind;
use crate::desc::Desc;

const MODEL: &[(&str, Origin)] = &[("model", Origin::Label("model"))];
const DATABASE: &[(&str, Origin)] = &[
    ("alias", Origin::Label("database")),
    ("vendor", Origin::VendorOf("database")),
];
/// The exception from which all of Django's database errors derive.
const ERROR: &[(&str, Origin)] = &[
    ("alias", Origin::Label("database")),
    ("type", Origin::Constant("DatabaseError")),
    ("vendor", Origin::VendorOf("database")),
];
const BACKEND: &[(&str, Origin)] = &[("backend", Origin::Label("cache"))];

const fn rule(
    name: &'static str,
    help: &'static str,
    labels: &'static [(&'static str, Origin)],
    sources: &'static [Source],
) -> Rule {
    Rule {
        name,
        help,
        kind: Kind::Counter,
        labels,
        sources,
    }
}

/// A family of ours as the only source, in the place of which the other one is.
macro_rules! only {
    ($desc:ident) => {{
        const DESC: &Desc = &$desc;
        const SOURCES: &[Source] = &[Source::replaced(DESC)];
        SOURCES
    }};
}

/// Look-ups that failed: the toolkit counts failures of all operations together.
static FAILED_GETS: [Source; 1] = [failed_gets()];

const fn failed_gets() -> Source {
    Source::count_of(
        &CACHE_OPERATION_DURATION_SECONDS,
        &[("operation", "get"), ("outcome", "error")],
    )
}

static GETS: [Source; 3] = [
    Source::replaced(&CACHE_HITS_TOTAL),
    Source::replaced(&CACHE_MISSES_TOTAL),
    failed_gets(),
];

pub(super) static RULES: &[Rule] = &[
    rule(
        "django_model_inserts_total",
        "Number of insert operations by model.",
        MODEL,
        only!(MODEL_INSERTS_TOTAL),
    ),
    rule(
        "django_model_updates_total",
        "Number of update operations by model.",
        MODEL,
        only!(MODEL_UPDATES_TOTAL),
    ),
    rule(
        "django_model_deletes_total",
        "Number of delete operations by model.",
        MODEL,
        only!(MODEL_DELETES_TOTAL),
    ),
    rule(
        "django_db_execute_total",
        "Counter of executed statements by database and by vendor, including bulk executions.",
        DATABASE,
        only!(DB_QUERIES_TOTAL),
    ),
    rule(
        "django_db_errors_total",
        "Counter of execution errors by database, vendor and exception type.",
        ERROR,
        only!(DB_ERRORS_TOTAL),
    ),
    Rule {
        kind: Kind::Histogram,
        ..rule(
            "django_db_query_duration_seconds",
            "Histogram of query duration by database and vendor.",
            DATABASE,
            only!(DB_QUERY_DURATION_SECONDS),
        )
    },
    rule(
        "django_cache_get_total",
        "Total get requests on cache",
        BACKEND,
        &GETS,
    ),
    rule(
        "django_cache_get_hits_total",
        "Total hits on cache",
        BACKEND,
        only!(CACHE_HITS_TOTAL),
    ),
    rule(
        "django_cache_get_misses_total",
        "Total misses on cache",
        BACKEND,
        only!(CACHE_MISSES_TOTAL),
    ),
    rule(
        "django_cache_get_fail_total",
        "Total get request failures by cache",
        BACKEND,
        &FAILED_GETS,
    ),
];
