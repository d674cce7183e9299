//! The families of django-prometheus that aren't of HTTP.

use super::rule::{Labels, Origin, Rule, Source, Which};
use crate::builtin::cache::{
    CACHE_HITS_TOTAL, CACHE_MISSES_TOTAL, CACHE_OPERATION_DURATION_SECONDS,
};
use crate::builtin::database::{
    DB_CONNECTION_ERRORS_TOTAL, DB_ERRORS_BY_CLASS_TOTAL, DB_EXECUTE_MANY_TOTAL,
    DB_NEW_CONNECTIONS_TOTAL,
};
use crate::builtin::model::{MODEL_DELETES_TOTAL, MODEL_INSERTS_TOTAL, MODEL_UPDATES_TOTAL};
use crate::builtin::query::{DB_ERRORS_TOTAL, DB_QUERIES_TOTAL, DB_QUERY_DURATION_SECONDS};
use crate::builtin::redis::REDIS_OPERATIONS_TOTAL;
use crate::collect::model::Kind;
use crate::desc::Desc;

const MODEL: &[(&str, Origin)] = &[("model", Origin::Label("model"))];
const DATABASE: &[(&str, Origin)] = &[
    ("alias", Origin::Label("database")),
    ("vendor", Origin::VendorOf("database")),
];
const ERROR: &[(&str, Origin)] = &[
    ("alias", Origin::Label("database")),
    ("type", Origin::ExceptionOf("class")),
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

/// Connections that weren't given, but for want of a pool; at zero for each database that
/// is seen through its driver.
static CONNECTION_ERRORS: [Source; 2] = [
    Source::zero(&DB_EXECUTE_MANY_TOTAL),
    Source::read(&DB_CONNECTION_ERRORS_TOTAL).which(Which::Without("class", "pool_closed")),
];

/// The driver of a database knows the class of an error.
static ERRORS: [Source; 2] = [
    Source::read(&DB_ERRORS_BY_CLASS_TOTAL),
    Source::replaced(&DB_ERRORS_TOTAL)
        .which(Which::WithoutDriver("database"))
        .with(&[("class", "database")]),
];

/// Look-ups that failed: the toolkit counts failures of all operations together.
const FAILED_GETS: Source = Source::read(&CACHE_OPERATION_DURATION_SECONDS)
    .which(Which::With(&[("operation", "get"), ("outcome", "error")]))
    .counted();

/// Look-ups in Redis that failed, under the name that Django's backend has. A function
/// under `#[track_cache]` around them has counted them already.
const fn failed_in_redis(command: Labels) -> Source {
    Source::read(&REDIS_OPERATIONS_TOTAL)
        .which(Which::With(command))
        .with(&[("cache", "redis")])
        .unless(
            &CACHE_OPERATION_DURATION_SECONDS,
            &[("cache", "redis"), ("operation", "get")],
        )
}

const FAILED_GET: Source = failed_in_redis(&[("command", "get"), ("outcome", "error")]);
const FAILED_MGET: Source = failed_in_redis(&[("command", "mget"), ("outcome", "error")]);

static FAILURES: [Source; 4] = [
    Source::zero(&CACHE_HITS_TOTAL),
    FAILED_GETS,
    FAILED_GET,
    FAILED_MGET,
];

static GETS: [Source; 5] = [
    Source::replaced(&CACHE_HITS_TOTAL),
    Source::replaced(&CACHE_MISSES_TOTAL),
    FAILED_GETS,
    FAILED_GET,
    FAILED_MGET,
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
        "django_db_new_connections_total",
        "Counter of created connections by database and by vendor.",
        DATABASE,
        only!(DB_NEW_CONNECTIONS_TOTAL),
    ),
    rule(
        "django_db_new_connection_errors_total",
        "Counter of connection failures by database and by vendor.",
        DATABASE,
        &CONNECTION_ERRORS,
    ),
    rule(
        "django_db_execute_total",
        "Counter of executed statements by database and by vendor, including bulk executions.",
        DATABASE,
        only!(DB_QUERIES_TOTAL),
    ),
    rule(
        "django_db_execute_many_total",
        "Counter of executed statements in bulk operations by database and by vendor.",
        DATABASE,
        only!(DB_EXECUTE_MANY_TOTAL),
    ),
    rule(
        "django_db_errors_total",
        "Counter of execution errors by database, vendor and exception type.",
        ERROR,
        &ERRORS,
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
        &FAILURES,
    ),
];
