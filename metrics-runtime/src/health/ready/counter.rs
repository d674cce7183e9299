//! A counter, found by its name: one that the registry has, or one that the toolkit makes
//! when something is recorded in it first.

use crate::builtin::{
    cache, client, custom, database, django, function, http, model, query, redis, task, toolkit,
};
use crate::desc::{Desc, Kind, Schema};
use crate::record::FamilyCore;
use crate::{Profile, Registry};
use std::sync::Arc;

/// What has this name.
#[derive(Debug)]
pub(super) enum Found {
    Family(Arc<FamilyCore>),
    /// A built-in counter in which nothing has been recorded.
    Expected(&'static Desc),
    /// Nothing has, and the most similar name that there is.
    Nothing(Option<String>),
}

/// The counters that the toolkit makes under each profile, unless the profile replaces
/// them by others.
static BUILTIN: [&Desc; 32] = [
    &cache::CACHE_DELETES_TOTAL,
    &cache::CACHE_ERRORS_TOTAL,
    &cache::CACHE_EVICTIONS_TOTAL,
    &cache::CACHE_HITS_TOTAL,
    &cache::CACHE_LOADS_JOINED_TOTAL,
    &cache::CACHE_MISSES_TOTAL,
    &cache::CACHE_SETS_TOTAL,
    &client::HTTP_CLIENT_REQUESTS_TOTAL,
    &custom::CUSTOM_METRIC_TOTAL,
    &database::DB_CONNECTION_ERRORS_TOTAL,
    &database::DB_ERRORS_BY_CLASS_TOTAL,
    &database::DB_EXECUTE_MANY_TOTAL,
    &database::DB_NEW_CONNECTIONS_TOTAL,
    &database::DB_ROWS_AFFECTED_TOTAL,
    &database::DB_ROWS_FETCHED_TOTAL,
    &database::DB_TRANSACTIONS_BEGUN_TOTAL,
    &database::DB_TRANSACTIONS_TOTAL,
    &function::FUNCTION_CALLS_TOTAL,
    &function::FUNCTION_STREAM_ITEMS_TOTAL,
    &http::HTTP_REQUESTS_BLOCKED_TOTAL,
    &model::MODEL_DELETES_TOTAL,
    &model::MODEL_INSERTS_TOTAL,
    &model::MODEL_READS_TOTAL,
    &model::MODEL_UPDATES_TOTAL,
    &query::DB_ERRORS_TOTAL,
    &query::DB_QUERIES_TOTAL,
    &query::DB_SLOW_QUERIES_TOTAL,
    &redis::REDIS_ERRORS_TOTAL,
    &redis::REDIS_OPERATIONS_TOTAL,
    &task::TASK_RUNS_TOTAL,
    &task::TASK_TICKS_MISSED_TOTAL,
    &toolkit::DROPPED_OBSERVATIONS,
];

/// Those of the HTTP layer without a profile.
static OF_TOOLKIT: [&Desc; 3] = [
    &http::HTTP_EXCEPTIONS_TOTAL,
    &http::HTTP_REQUESTS_TOTAL,
    &http::HTTP_RESPONSES_ABORTED_TOTAL,
];

/// Those that are of Django's alone.
static OF_DJANGO: [&Desc; 15] = [
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
    &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_TEMPLATENAME_TOTAL,
];

/// The counter of this name, which it has on the page or without the namespace.
pub(super) fn find(registry: &Registry, name: &str) -> Found {
    let families = registry.gather();
    let counters = || {
        let families = families.iter();
        families.filter(|(_, family)| family.schema.kind == Kind::Counter)
    };
    // With the namespace `a`, `b_total` is served as `a_b_total`, and so may another be
    // called.
    let found = counters()
        .find(|(served, _)| served == name)
        .or_else(|| counters().find(|(_, family)| family.schema.name.as_str() == name));
    if let Some((_, family)) = found {
        return Found::Family(Arc::clone(family));
    }
    let settings = registry.settings();
    let plain = name.strip_prefix(&settings.namespace).unwrap_or(name);
    let mut expected = expected(settings.profile);
    if let Some(desc) = expected.find(|desc| desc.name == name || desc.name == plain) {
        return Found::Expected(desc);
    }
    let served = counters().map(|(served, _)| served.as_str());
    let of_profile = self::expected(settings.profile).map(|desc| desc.name);
    let near = served.chain(of_profile).filter_map(|known| {
        let far = distance(name, known).min(distance(plain, known));
        (far <= FARTHEST).then_some((far, known))
    });
    Found::Nothing(near.min().map(|(_, known)| known.to_owned()))
}

/// What is on the page under this profile once something is recorded in it.
fn expected(profile: Profile) -> impl Iterator<Item = &'static Desc> {
    let of_profile: &[&Desc] = match profile {
        Profile::Toolkit => &OF_TOOLKIT,
        Profile::DjangoPrometheus => &OF_DJANGO,
    };
    let stays = move |desc: &&Desc| {
        let schema = Schema::try_from(*desc);
        schema.is_ok_and(|schema| !profile.replaces(&schema))
    };
    let builtin = BUILTIN.iter().copied().filter(stays);
    builtin.chain(of_profile.iter().copied())
}

/// Letters by which names of the same meaning differ.
const FARTHEST: usize = 3;

/// How many letters have to be added, left out or replaced.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (nth, letter) in one.chars().enumerate() {
        // The one above to the left, of the row before.
        let mut corner = nth;
        let mut left = nth + 1;
        let Some((first, rest)) = row.split_first_mut() else {
            break;
        };
        *first = left;
        for (above, own) in rest.iter_mut().zip(other.chars()) {
            let replaced = corner + usize::from(letter != own);
            corner = *above;
            left = replaced.min(left + 1).min(corner + 1);
            *above = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{BUILTIN, Found, OF_DJANGO, OF_TOOLKIT, distance, find};
    use crate::{Metrics, Profile, Registry};
    use std::collections::BTreeSet;

    // Mutation: one is left out of the lists.
    #[test]
    fn every_builtin_counter_is_listed() {
        let sources = [
            include_str!("../../builtin/cache.rs"),
            include_str!("../../builtin/client.rs"),
            include_str!("../../builtin/custom.rs"),
            include_str!("../../builtin/database.rs"),
            include_str!("../../builtin/django.rs"),
            include_str!("../../builtin/function.rs"),
            include_str!("../../builtin/health.rs"),
            include_str!("../../builtin/http.rs"),
            include_str!("../../builtin/model.rs"),
            include_str!("../../builtin/query.rs"),
            include_str!("../../builtin/redis.rs"),
            include_str!("../../builtin/task.rs"),
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
        let listed = BUILTIN.iter().chain(&OF_TOOLKIT).chain(&OF_DJANGO);
        let listed: BTreeSet<String> = listed.map(|desc| desc.name.to_owned()).collect();
        assert_eq!(declared, listed);
    }

    fn registry(profile: Profile) -> &'static Registry {
        let registry: &'static Registry = Box::leak(Box::default());
        let built = Metrics::builder().registry(registry).namespace("shop");
        let built = built.profile(profile).build();
        built.expect("the set-up is valid");
        registry
    }

    // Mutations: the profile isn't looked at; the namespace isn't taken off.
    #[test]
    fn what_is_recorded_under_a_profile_is_expected_before_it_is() {
        let expected = |profile, name| matches!(find(registry(profile), name), Found::Expected(_));
        for (name, of_toolkit, of_django) in [
            ("http_requests_total", true, false),
            ("shop_http_requests_total", true, false),
            ("django_http_responses_total_by_status_total", false, true),
            ("shop_cache_hits_total", true, false),
            ("cache_sets_total", true, true),
            ("http_request_total", false, false),
            ("shop_shop_cache_sets_total", false, false),
        ] {
            assert_eq!(expected(Profile::Toolkit, name), of_toolkit, "{name}");
            let found = expected(Profile::DjangoPrometheus, name);
            assert_eq!(found, of_django, "{name} under Django's");
        }
    }

    // Mutation: the first name is taken, not the nearest.
    #[test]
    fn a_misspelt_name_is_told_from_the_nearest_one() {
        let registry = registry(Profile::Toolkit);
        let own = registry.counter_family("replies_total", "Replies.", ["status"]);
        own.expect("the name is valid");
        for (name, nearest) in [
            ("http_request_total", Some("http_requests_total")),
            ("shop_repliestotal", Some("shop_replies_total")),
            ("something_else_total", None),
        ] {
            let Found::Nothing(told) = find(registry, name) else {
                panic!("`{name}` is found");
            };
            assert_eq!(told.as_deref(), nearest);
        }
    }

    #[test]
    fn distances_count_letters() {
        for (one, other, far) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("status", "statuss", 1),
            ("requests", "reqeusts", 2),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
        }
    }
}
