//! A counter, found by its name: one that the registry has, or one that the toolkit makes
//! when what records into it is set up.

mod expected;

use crate::Registry;
use crate::desc::Kind;
use crate::record::FamilyCore;
pub(super) use expected::Expected;
use expected::expected;
use std::sync::Arc;

/// What has this name.
#[derive(Debug)]
pub(super) enum Found {
    Family(Arc<FamilyCore>),
    /// A built-in counter that nothing has declared so far.
    Expected(Expected),
    /// Nothing has, and the most similar name that there is.
    Nothing(Option<String>),
}

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
    let mut builtin = expected(settings.profile);
    if let Some(found) = builtin.find(|it| it.desc.name == name || it.desc.name == plain) {
        return Found::Expected(found);
    }
    let served = counters().map(|(served, _)| served.as_str());
    let of_profile = expected(settings.profile).map(|it| it.desc.name);
    let near = served.chain(of_profile).filter_map(|known| {
        let far = distance(name, known).min(distance(plain, known));
        (far <= FARTHEST).then_some((far, known))
    });
    Found::Nothing(near.min().map(|(_, known)| known.to_owned()))
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
    use super::{Found, distance, find};
    use crate::{Metrics, Profile, Registry};

    fn registry(profile: Profile) -> &'static Registry {
        let registry: &'static Registry = Box::leak(Box::default());
        let built = Metrics::builder().registry(registry).namespace("shop");
        let built = built.profile(profile).build();
        built.expect("the set-up is valid");
        registry
    }

    // Mutations: the profile isn't looked at; the namespace isn't taken off.
    #[test]
    fn what_can_be_recorded_under_a_profile_is_expected_before_it_is() {
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
