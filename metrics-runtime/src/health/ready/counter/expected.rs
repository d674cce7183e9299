//! The toolkit's own counters, and what has to be set up so that anything is counted there.

use crate::Profile;
use crate::builtin::{
    cache, client, custom, database, django, function, http, model, query, redis, task, toolkit,
};
use crate::desc::{Desc, Schema};

/// A built-in counter that nothing has declared so far.
#[derive(Clone, Copy, Debug)]
pub(in crate::health::ready) struct Expected {
    pub(in crate::health::ready) desc: &'static Desc,
    /// What declares it and then counts; `None` where that is done by hand, event by event.
    pub(in crate::health::ready) remedy: Option<&'static str>,
}

/// Counters that are declared by the same means.
struct Group {
    /// Under this profile alone; under each that replaces them by no others, if there is
    /// none.
    profile: Option<Profile>,
    remedy: Option<&'static str>,
    counters: &'static [&'static Desc],
}

const LAYER: Option<&str> =
    Some("add the layer `metrics.http_layer()` around the service whose requests are meant");

/// All of them. What a remedy names declares them before anything is counted: attributes
/// by standing in the program, handles and layers when they are made.
static GROUPS: [Group; 12] = [
    Group {
        profile: Some(Profile::Toolkit),
        remedy: LAYER,
        counters: &[
            &http::HTTP_EXCEPTIONS_TOTAL,
            &http::HTTP_REQUESTS_TOTAL,
            &http::HTTP_RESPONSES_ABORTED_TOTAL,
        ],
    },
    Group {
        profile: Some(Profile::DjangoPrometheus),
        remedy: LAYER,
        counters: &[
            &django::DJANGO_HTTP_AJAX_REQUESTS_TOTAL,
            &django::DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_TYPE_TOTAL,
            &django::DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_VIEW_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_BEFORE_MIDDLEWARES_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_TOTAL_BY_METHOD_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_TOTAL_BY_TRANSPORT_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_TOTAL_BY_VIEW_TRANSPORT_METHOD_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_INCLUDING_MIDDLEWARES_TOTAL,
            &django::DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_TOTAL,
            &django::DJANGO_HTTP_RESPONSES_BEFORE_MIDDLEWARES_TOTAL,
            &django::DJANGO_HTTP_RESPONSES_STREAMING_TOTAL,
            &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_CHARSET_TOTAL,
            &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_TOTAL,
            &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL,
        ],
    },
    Group {
        profile: Some(Profile::DjangoPrometheus),
        remedy: None,
        counters: &[&django::DJANGO_HTTP_RESPONSES_TOTAL_BY_TEMPLATENAME_TOTAL],
    },
    Group {
        profile: None,
        remedy: LAYER,
        counters: &[&http::HTTP_REQUESTS_BLOCKED_TOTAL],
    },
    Group {
        profile: None,
        remedy: Some("instrument a cache, by `metrics.cache`, that of moka or `#[track_cache]`"),
        counters: &[
            &cache::CACHE_DELETES_TOTAL,
            &cache::CACHE_ERRORS_TOTAL,
            &cache::CACHE_EVICTIONS_TOTAL,
            &cache::CACHE_HITS_TOTAL,
            &cache::CACHE_LOADS_JOINED_TOTAL,
            &cache::CACHE_MISSES_TOTAL,
            &cache::CACHE_SETS_TOTAL,
        ],
    },
    Group {
        profile: None,
        remedy: Some("send requests through `metrics.http_client_layer`"),
        counters: &[&client::HTTP_CLIENT_REQUESTS_TOTAL],
    },
    Group {
        profile: None,
        remedy: None,
        counters: &[&custom::CUSTOM_METRIC_TOTAL, &toolkit::DROPPED_OBSERVATIONS],
    },
    Group {
        profile: None,
        remedy: Some(
            "instrument a pool, by `metrics.instrument_pool` and `count_connections`, or \
             functions, by `#[track_query]`",
        ),
        counters: &[
            &database::DB_CONNECTION_ERRORS_TOTAL,
            &database::DB_ERRORS_BY_CLASS_TOTAL,
            &database::DB_EXECUTE_MANY_TOTAL,
            &database::DB_NEW_CONNECTIONS_TOTAL,
            &database::DB_ROWS_AFFECTED_TOTAL,
            &database::DB_ROWS_FETCHED_TOTAL,
            &database::DB_TRANSACTIONS_BEGUN_TOTAL,
            &database::DB_TRANSACTIONS_TOTAL,
            &query::DB_ERRORS_TOTAL,
            &query::DB_QUERIES_TOTAL,
            &query::DB_SLOW_QUERIES_TOTAL,
        ],
    },
    Group {
        profile: None,
        remedy: Some("put `#[counted]` or `#[timed]` on a function"),
        counters: &[
            &function::FUNCTION_CALLS_TOTAL,
            &function::FUNCTION_STREAM_ITEMS_TOTAL,
        ],
    },
    Group {
        profile: None,
        remedy: Some("put `#[track_model]` on a function"),
        counters: &[
            &model::MODEL_DELETES_TOTAL,
            &model::MODEL_INSERTS_TOTAL,
            &model::MODEL_READS_TOTAL,
            &model::MODEL_UPDATES_TOTAL,
        ],
    },
    Group {
        profile: None,
        remedy: Some("instrument a connection, by `metrics.instrument_redis`"),
        counters: &[&redis::REDIS_ERRORS_TOTAL, &redis::REDIS_OPERATIONS_TOTAL],
    },
    Group {
        profile: None,
        remedy: Some("put `#[track_task]` on a function, or start tasks by `metrics.spawn`"),
        counters: &[&task::TASK_RUNS_TOTAL, &task::TASK_TICKS_MISSED_TOTAL],
    },
];

/// What can be on the page under this profile.
pub(super) fn expected(profile: Profile) -> impl Iterator<Item = Expected> {
    let stays = move |desc: &Desc| {
        let schema = Schema::try_from(desc);
        schema.is_ok_and(|schema| !profile.replaces(&schema))
    };
    let groups = GROUPS.iter();
    let groups = groups.filter(move |group| group.profile.is_none_or(|own| own == profile));
    let all = groups.flat_map(|group| {
        let remedy = group.remedy;
        let counters = group.counters.iter();
        counters.map(move |desc| Expected { desc, remedy })
    });
    all.filter(move |it| stays(it.desc))
}

#[cfg(test)]
mod tests {
    use super::GROUPS;
    use std::collections::BTreeSet;

    // Mutation: one is left out of the lists.
    #[test]
    fn every_builtin_counter_is_listed() {
        let sources = [
            include_str!("../../../builtin/cache.rs"),
            include_str!("../../../builtin/client.rs"),
            include_str!("../../../builtin/custom.rs"),
            include_str!("../../../builtin/database.rs"),
            include_str!("../../../builtin/django.rs"),
            include_str!("../../../builtin/function.rs"),
            include_str!("../../../builtin/health.rs"),
            include_str!("../../../builtin/http.rs"),
            include_str!("../../../builtin/model.rs"),
            include_str!("../../../builtin/query.rs"),
            include_str!("../../../builtin/redis.rs"),
            include_str!("../../../builtin/task.rs"),
        ];
        let lines = sources.iter().flat_map(|source| source.lines());
        let declared = lines.filter_map(|line| {
            let (name, kind) = line.trim().split_once(": ")?;
            let is_counter = kind == "counter" || kind.starts_with("counter,");
            is_counter.then(|| name.to_ascii_lowercase())
        });
        let mut declared: BTreeSet<String> = declared.collect();
        // These aren't declared by the macro.
        for name in ["custom_metric_total", "metrics_dropped_observations_total"] {
            declared.insert(name.to_owned());
        }
        let listed = GROUPS.iter().flat_map(|group| group.counters);
        let listed: BTreeSet<String> = listed.map(|desc| desc.name.to_owned()).collect();
        assert_eq!(declared, listed);
    }
}
