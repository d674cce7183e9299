//! Checks by attribute.

use super::client::told;
use super::service::{Service, endpoints, runtime};
use metrics_runtime::health::HealthStatus;
use metrics_runtime::{BuildError, HealthReport, Metrics, Registry, health_check, timed};
use serde_json::json;
use std::io;

static REGISTRY: Registry = Registry::new();

#[health_check(registry = REGISTRY, group = "readiness", timeout = "20s", interval = "2m")]
async fn database() -> io::Result<()> {
    tokio::task::yield_now().await;
    Err(io::ErrorKind::ConnectionRefused.into())
}

/// Not async, so that it has a thread to block.
#[timed(registry = REGISTRY)]
#[health_check(registry = REGISTRY, name = "upload-folder", timeout = "20s", critical = false, blocking)]
fn uploads() -> HealthStatus {
    HealthStatus::Down
}

mod inside {
    use super::HealthReport;

    #[metrics_runtime::health_check(registry = super::REGISTRY, group = "search", timeout = "20s")]
    pub(super) async fn index() -> HealthReport {
        tokio::task::yield_now().await;
        HealthReport::up().with("documents", 3)
    }
}

#[health_check(registry = REGISTRY, timeout = "20s")]
fn nothing_to_say() {}

#[test]
fn functions_are_checks_without_being_registered() {
    let metrics = Metrics::builder().registry(&REGISTRY).build();
    let metrics = metrics.expect("the set-up is valid");
    let health = metrics.health();
    let service = Service::of(metrics, runtime(), endpoints(&health));
    let down = (503, "{\"status\":\"down\"}".to_owned());
    assert_eq!(told(service.address, "/readiness"), down);
    let mut details = service.details("/health");
    let checks = details["checks"].as_array_mut().expect("there are");
    for check in checks.iter_mut() {
        let seconds = check["duration_seconds"].take();
        assert!(seconds.as_f64().is_some_and(|seconds| seconds >= 0.0));
    }
    let check = |name, status, critical, groups: &[&str]| {
        json!({
            "name": name, "status": status, "critical": critical, "groups": groups,
            "duration_seconds": null,
        })
    };
    let mut expected = [
        check("database", "down", true, &["readiness"]),
        check("index", "up", true, &["search"]),
        check("nothing_to_say", "up", true, &[]),
        check("upload-folder", "down", false, &[]),
    ];
    expected[0]["message"] = "connection refused".into();
    expected[1]["data"] = json!({"documents": 3});
    assert_eq!(*checks, expected);
    // Its own attributes still apply.
    let calls = "function_duration_seconds_count{function=\"uploads\"";
    assert!(service.metrics.to_text().contains(calls));
}

#[test]
fn functions_stay_as_they_are() {
    assert_eq!(uploads(), HealthStatus::Down);
    nothing_to_say();
    let runtime = runtime();
    assert!(runtime.block_on(database()).is_err());
    let report = runtime.block_on(inside::index());
    assert_eq!(report.data()["documents"], 3);
}

static TWICE: Registry = Registry::new();

mod first {
    #[metrics_runtime::health_check(registry = super::TWICE)]
    fn ping() {}
}

mod second {
    #[metrics_runtime::health_check(registry = super::TWICE)]
    fn ping() {}
}

// Mutation: `build` doesn't look.
#[test]
fn two_of_one_name_are_refused_with_both_places() {
    let refused = Metrics::builder().registry(&TWICE).build().unwrap_err();
    let text = refused.to_string();
    let BuildError::HealthCheckTwice { name, places } = refused else {
        panic!("{text}");
    };
    assert_eq!(name, "ping");
    assert!(places[0] < places[1]);
    assert!(places.iter().all(|place| place.contains("attribute.rs:")));
    assert!(text.ends_with("give one of them another `name`"), "{text}");
}
