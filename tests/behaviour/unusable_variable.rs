//! Variables of the environment that can't be used, in programs that never
//! call `build()` and so get no error from it.

use integration_tests::child::in_child;
use metrics_runtime::{Diagnostic, Metrics, Registry, counted, global};

use crate::driver::{Calls, counted as calls};
use crate::told::Told;

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
fn work() {}

#[counted(registry = REGISTRY)]
fn in_the_hook() {}

/// What the hook was told, all of which must be about the environment.
#[track_caller]
fn errors(told: &Told) -> Vec<String> {
    let all = told.all().into_iter();
    all.map(|diagnostic| match diagnostic {
        Diagnostic::Environment(error) => error.to_string(),
        other => panic!("it isn't about the environment: {other}"),
    })
    .collect()
}

const NO_BOOLEAN: &str = "the environment variable METRICS_ENABLED is `perhaps`; \
                          it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`";

// Mutation: `decide_from_environment` reports, each time, before it decides.
// Mutation: `report_environment` has no flag.
#[test]
fn a_word_that_is_no_boolean_is_told_once_to_a_hook_that_records() {
    let name = "unusable_variable::a_word_that_is_no_boolean_is_told_once_to_a_hook_that_records";
    in_child(name, &[("METRICS_ENABLED", "perhaps")], || {
        let told = Told::hook(in_the_hook);
        work();
        assert_eq!(errors(&told), [NO_BOOLEAN]);
        assert_eq!(calls(&REGISTRY, "work"), Calls::OK, "recording is on");
        assert_eq!(calls(&REGISTRY, "in_the_hook"), Calls::OK);
        work();
        let _ = global().to_text();
        assert_eq!(errors(&told), [NO_BOOLEAN]);
    });
}

// Mutation: `report_environment` has no flag.
// Mutation: `Registry::settings` alone reports, before its cell is set.
#[test]
fn a_page_tells_each_variable_once_to_a_hook_that_asks_for_pages() {
    let name = "unusable_variable::a_page_tells_each_variable_once_to_a_hook_that_asks_for_pages";
    let variables = [
        ("METRICS_ENABLED", "perhaps"),
        ("METRICS_CLOCK", "sundial"),
        ("METRICS_NAMESPACE", "my-shop"),
    ];
    in_child(name, &variables, move || {
        let told = Told::hook(|| {
            let _ = global().to_text();
        });
        assert!(global().to_text().contains("\nmetrics_conflicts_total 0\n"));
        let errors = errors(&told);
        assert_eq!(errors.len(), variables.len(), "{errors:?}");
        for (variable, value) in variables {
            let named = format!("{variable} is `{value}`;");
            let told = errors.iter().filter(|error| error.contains(&named));
            assert_eq!(told.count(), 1, "{named} {errors:?}");
        }
    });
}

// Mutation: `decide_from_environment` falls back to the defaults when any
// variable can't be used.
#[test]
fn recording_stays_off_although_the_namespace_is_no_name() {
    let name = "unusable_variable::recording_stays_off_although_the_namespace_is_no_name";
    let variables = [
        ("METRICS_ENABLED", "false"),
        ("METRICS_NAMESPACE", "my-shop"),
    ];
    in_child(name, &variables, move || {
        const OFF: &str = "# Metrics are turned off (METRICS_ENABLED).\n";
        let told = Told::hook(work);
        work();
        assert_eq!(REGISTRY.to_text(), OFF);
        assert_eq!(global().to_text(), OFF);
        let refused = Metrics::builder().build();
        refused.expect_err("the namespace is wrong");
        assert_eq!(global().to_text(), OFF);
        let errors = errors(&told);
        let [error] = errors.as_slice() else {
            panic!("there is one error: {errors:?}");
        };
        assert!(error.contains("METRICS_NAMESPACE is `my-shop`"), "{error}");
    });
}
