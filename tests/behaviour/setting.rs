//! What `Metrics::builder` decides.

use metrics_runtime::{BuildError, Metrics, Registry, counted, track_model};

use crate::driver::page;

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
fn work() {}

#[track_model(insert, model = "User", registry = REGISTRY)]
fn insert() {}

#[test]
fn namespace_and_constant_labels_are_on_every_series_of_the_application() {
    work();
    insert();
    let metrics = Metrics::builder()
        .registry(&REGISTRY)
        .namespace("shop")
        .const_label("region", "eu \"west\"")
        .const_label("tier", "1")
        .build()
        .expect("the set-up is valid");
    work();
    let page = page(metrics.registry());
    for sample in page.samples() {
        let own = sample.name.starts_with("shop_");
        let labelled = sample.labels.get("region").map(String::as_str) == Some("eu \"west\"")
            && sample.labels.get("tier").map(String::as_str) == Some("1");
        // And the process, which isn't the application's.
        let about_itself = ["metrics_", "process_"]
            .iter()
            .any(|start| sample.name.starts_with(start));
        assert!(own && labelled || about_itself && !labelled, "{sample:?}");
    }
    let place = [
        ("function", "work"),
        ("module", module_path!()),
        ("outcome", "ok"),
        ("region", "eu \"west\""),
        ("tier", "1"),
    ];
    let calls = page.value("shop_function_calls_total", &place);
    assert_eq!(calls, Some(2.0), "calls before `build` keep their counts");
    assert_eq!(
        page.sum("shop_model_inserts_total", &[("model", "User")]),
        Some(1.0)
    );
}

static TAKEN: Registry = Registry::new();

#[counted(registry = TAKEN)]
fn taken() {}

#[test]
fn a_constant_label_that_a_family_has_is_refused() {
    taken();
    for label in ["function", "outcome"] {
        let built = Metrics::builder()
            .registry(&TAKEN)
            .const_label(label, "x")
            .build();
        let error = built.expect_err("the label is taken");
        assert!(matches!(error, BuildError::LabelTaken { .. }), "{error}");
        assert!(error.to_string().contains(label), "{error}");
    }
}

static SERVED: Registry = Registry::new();

#[test]
fn a_page_that_was_served_keeps_its_settings() {
    let before = SERVED.to_text();
    let built = Metrics::builder()
        .registry(&SERVED)
        .namespace("late")
        .build();
    assert_eq!(
        built.expect_err("a page was served"),
        BuildError::AlreadyBuilt
    );
    assert_eq!(SERVED.to_text(), before);
}
