//! The diagnostics hook, which is the user's code and may come back to the
//! toolkit from wherever it is called.

use integration_tests::child::in_child;
use metrics_runtime::{Conflict, Diagnostic, Overflow, Place, Registry, counted, global};

use crate::driver::page;
use crate::told::Told;

static REGISTRY: Registry = Registry::new();

const FIRST_VISIT: u32 = line!() + 2;

#[counted(name = "visits_total", help = "Visits.", labels(id = id), registry = REGISTRY)]
fn visit_first(id: &str) {}

#[counted(name = "visits_total", help = "Visits.", labels(id = id), registry = REGISTRY)]
fn visit(id: &str) {}

#[counted(name = "jobs_total", help = "First.", registry = REGISTRY)]
fn in_force() {}

#[counted(name = "jobs_total", help = "Second.", registry = REGISTRY)]
fn refused() {}

#[counted]
fn in_the_global_registry() {}

fn too_long() -> String {
    "x".repeat(1_025)
}

/// Everything that could wait for a lock, or for a cell that is being set,
/// where the hook is called from.
fn come_back() {
    for registry in [global(), &REGISTRY] {
        let _ = registry.conflicts();
        let _ = registry.to_text();
    }
    in_the_global_registry();
    in_force();
    refused();
    visit("own");
    visit(&too_long());
}

fn conflicts(told: &Told) -> Vec<Conflict> {
    let all = told.all().into_iter();
    all.filter_map(|diagnostic| match diagnostic {
        Diagnostic::Conflict(conflict) => Some(conflict),
        _ => None,
    })
    .collect()
}

fn overflows(told: &Told) -> Vec<(String, Overflow, Option<Place>)> {
    let all = told.all().into_iter();
    all.filter_map(|diagnostic| match diagnostic {
        Diagnostic::Overflow {
            family,
            reason,
            place,
            ..
        } => Some((family, reason, place)),
        _ => None,
    })
    .collect()
}

// Mutation: `Registry::with_state` reports before it lets go of the state.
// Mutation: `Resolved::of` looks the site up inside of `get_or_init`.
#[test]
fn a_conflict_is_told_once_to_a_hook_that_comes_back() {
    let name = "hook::a_conflict_is_told_once_to_a_hook_that_comes_back";
    in_child(name, &[], || {
        let told = Told::hook(come_back);
        // Its site is found by this call, and asked for by the hook meanwhile.
        refused();
        let _ = REGISTRY.to_text();
        let conflicts = conflicts(&told);
        let [conflict] = conflicts.as_slice() else {
            panic!("there is one conflict: {conflicts:?}");
        };
        assert_eq!(conflict.family, "jobs_total");
        let places = [conflict.in_force, conflict.refused];
        assert_eq!(
            places.map(|place| place.map(|place| place.function())),
            [Some("in_force"), Some("refused")]
        );
        // The hook's own calls count as any others.
        let calls = page(&REGISTRY).sum("jobs_total", &[]);
        assert!(calls.is_some_and(|calls| calls >= 1.0), "{calls:?}");
    });
}

// Mutation: `FamilyCore::overflow` has one flag for both reasons.
// Mutation: it has none.
// Mutation: it reports inside of `overflow.get_or_init`.
// Mutation: it leaves the place away.
#[test]
fn an_overflow_is_told_once_for_each_reason_with_the_site_that_declared_the_family() {
    let name =
        "hook::an_overflow_is_told_once_for_each_reason_with_the_site_that_declared_the_family";
    in_child(name, &[], || {
        let told = Told::hook(come_back);
        visit_first("0");
        for id in 0..2_100 {
            visit(&id.to_string());
        }
        for _ in 0..3 {
            visit(&too_long());
        }
        let mut overflows = overflows(&told);
        overflows.sort_by_key(|(_, reason, _)| *reason == Overflow::LongValue);
        let reasons: Vec<_> = overflows
            .iter()
            .map(|(family, reason, _)| (family.as_str(), *reason))
            .collect();
        assert_eq!(
            reasons,
            [
                ("visits_total", Overflow::Cap(2_000)),
                ("visits_total", Overflow::LongValue),
            ]
        );
        for (_, _, place) in overflows {
            let place = place.expect("a site declared it");
            assert_eq!(
                (place.file(), place.line(), place.module(), place.function()),
                (file!(), FIRST_VISIT, module_path!(), "visit_first")
            );
        }
        let texts: Vec<_> = told.all().iter().map(ToString::to_string).collect();
        let named = format!("`visits_total`, declared by {}:{FIRST_VISIT} ", file!());
        let told = texts.iter().filter(|text| text.contains(&named));
        assert_eq!(told.count(), 2, "{texts:?}");
    });
}

// Mutation: `FamilyCore::overflow` has no flags.
#[test]
fn the_overflow_of_a_family_that_was_made_by_hand_names_no_site() {
    let name = "hook::the_overflow_of_a_family_that_was_made_by_hand_names_no_site";
    in_child(name, &[], || {
        static BY_HAND: Registry = Registry::new();
        let told = Told::hook(|| {
            let _ = BY_HAND.to_text();
        });
        let family = BY_HAND.gauge_family("depth", "Depth.", ["queue"]);
        let family = family.expect("the name is free");
        family.with([&too_long()]).set(1.0);
        family.with([&too_long()]).set(2.0);
        let expected = ("depth".to_owned(), Overflow::LongValue, None);
        assert_eq!(overflows(&told), [expected]);
    });
}
