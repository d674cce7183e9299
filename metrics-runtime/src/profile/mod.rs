//! Naming profiles: what the families on the page are called.

mod database;
mod django;
mod exception;
mod kept;
mod labelled;
mod projection;
mod rule;

use crate::builtin::django::family_with_label;
use crate::collect::model::Family;
use crate::desc::Schema;
use crate::record::FamilyCore;
use rule::Rule;

pub(crate) use database::Databases;

/// What the families on the page are called.
///
/// ```
/// use metrics_runtime::{Metrics, Profile, track_model};
///
/// #[track_model(insert, model = "item")]
/// fn create_item() {}
///
/// let metrics = Metrics::builder()
///     .profile(Profile::DjangoPrometheus)
///     .build()?;
/// create_item();
/// assert!(metrics.to_text().contains(r#"django_model_inserts_total{model="item"} 1"#));
/// # Ok::<(), metrics_runtime::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// As this documentation has it: `http_requests_total`, `model_inserts_total`.
    #[default]
    Toolkit,
    /// As django-prometheus 2.5 has it, so that a team that moves a service from
    /// Django keeps its dashboards and alerts.
    ///
    /// | of Django's | comes from |
    /// |---|---|
    /// | `django_http_*` | the [HTTP layer](crate::HttpLayer), which records these families instead of its own |
    /// | `django_model_{inserts,updates,deletes}_total` | [`#[track_model]`](macro@crate::track_model) |
    /// | `django_db_execute_total`, `django_db_query_duration_seconds` | pools and connections of sqlx (`instrument_pool`) and [`#[track_query]`](macro@crate::track_query): `alias` is the `database`, `vendor` that of the driver, or what [`database_vendor`](crate::MetricsBuilder::database_vendor) says |
    /// | `django_db_errors_total` | the same: `type` is Django's exception for the class of the error (`IntegrityError` for SQLSTATE `23`), and `DatabaseError`, the base of all, of what `#[track_query]` alone sees |
    /// | `django_db_new_connections_total` | `count_connections` on the options of a pool of sqlx |
    /// | `django_db_new_connection_errors_total` | connections that such a pool hasn't given: sqlx tries to reach a server until its time is up, so one that is down is `pool_timeout` there and counted here, as is a pool that has no connection left |
    /// | `django_db_execute_many_total` | calls of `execute_many`, where Django counts their statements |
    /// | `django_cache_get_*` | caches of moka, [`metrics.cache`](crate::builtin::cache) and [`#[track_cache]`](macro@crate::track_cache): `backend` is the `cache` |
    /// | `django_cache_get_fail_total` | look-ups under `#[track_cache]` that failed; failed `GET` and `MGET` of connections to Redis (`instrument_redis`) with the backend `redis`, until a function under `#[track_cache]` has that |
    /// | `django_migrations_{applied,unapplied}_total` | a migrator of sqlx (`instrument_migrator`): `connection` is the `database` |
    /// | templates | what the application counts by hand, through [`builtin::django`](crate::builtin::django) |
    ///
    /// These families replace the toolkit's of the same meaning; what Django knows
    /// nothing of stays as it is (`model_reads_total`, `cache_sets_total`,
    /// `db_slow_queries_total`, `db_errors_by_class_total`, `db_connections`,
    /// `redis_operations_total`), and so do families with an own name or prefix. The
    /// namespace goes before all of them, as `PROMETHEUS_METRIC_NAMESPACE` does.
    ///
    /// A request is counted when its response has a head, not at its end. Of the layer's
    /// own families, `http_requests_in_progress`, `http_responses_aborted_total`,
    /// `http_time_to_first_byte_seconds` and `http_request_db_queries` are absent and
    /// have no equal; `http_requests_blocked_total` stays. `/analytics` answers as ever;
    /// its endpoints are the views.
    ///
    /// Where two of ours count the same, the one that knows more is taken. If it appears
    /// while the program runs, such as the pool of a database whose queries have failed
    /// before, it takes over from where the other one was: no counter falls. A vendor that
    /// only such a pool makes known changes the label of that database's series, unless
    /// `database_vendor` has said it.
    ///
    /// `fetch_one` that finds no row is no error, as Django's exception for it is none of
    /// its database's. Drivers there give subclasses of some exceptions, such as
    /// psycopg's `UniqueViolation`; here it is always the one that Django documents.
    ///
    /// Three faults of the original aren't kept: a request whose view raises an exception
    /// is observed once by view, not twice; an unknown method is `<invalid method>` in the
    /// latency too, where the original has what the client sends; and models are counted
    /// after a write has succeeded, not before it is tried. Python's own families
    /// have no equal.
    DjangoPrometheus,
}

impl Profile {
    fn rules(self) -> &'static [Rule] {
        match self {
            Self::Toolkit => &[],
            Self::DjangoPrometheus => django::RULES,
        }
    }

    /// Whether another family stands for this one on the page.
    pub(crate) fn replaces(self, schema: &Schema) -> bool {
        let sources = self.rules().iter().flat_map(|rule| rule.sources);
        let mut replaced = sources.filter(|source| source.is_replaced);
        replaced.any(|source| source.is(schema))
    }

    /// Whether families of this profile have the label.
    pub(crate) fn has_label(self, label: &str) -> Option<&'static str> {
        let has = |rule: &&Rule| rule.labels.iter().any(|(name, _)| *name == label);
        let projected = self.rules().iter().find(has).map(|rule| rule.name);
        match self {
            Self::Toolkit => projected,
            Self::DjangoPrometheus => family_with_label(label).or(projected),
        }
    }

    /// Whether the profile reads a family for others.
    pub(crate) fn reads(self, schema: &Schema) -> bool {
        let mut sources = self.rules().iter().flat_map(|rule| rule.sources);
        sources.any(|source| source.reads(schema))
    }

    /// The families that stand for these, as far as they have series.
    pub(crate) fn project<'a>(
        self,
        families: &'a [impl AsRef<FamilyCore>],
        databases: &'a Databases<'a>,
    ) -> impl Iterator<Item = Family> + 'a {
        let rules = self.rules().iter();
        rules.filter_map(|rule| projection::project(rule, families, databases))
    }
}
