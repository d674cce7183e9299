//! Checks that use what runs them.

use super::client::get;
use super::service::{PATIENT, Service};
use metrics_runtime::health::{HealthCheck, HealthReport};
use metrics_runtime::{Health, Metrics, Registry, counted};

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
fn looked_at() {}

/// All that a check may come upon.
fn use_everything(metrics: Metrics, name: &str) {
    looked_at();
    assert!(metrics.to_text().contains("looked_at"));
    let health = metrics.health();
    assert!(!health.is_draining());
    let taken = health.check(name, async || ());
    assert!(taken.is_err());
    let added = format!("{name}-too");
    // The second run finds it.
    let _ = health.add(HealthCheck::blocking(added, || ()).timeout(PATIENT));
}

async fn ask(health: &Health) -> HealthReport {
    let summary = health.summary().await.expect("there are threads");
    HealthReport::up().with("seen", summary.checks.len())
}

// F10. Mutations: a lock is held while a check runs; a check waits for its own result.
#[test]
fn a_check_may_record_scrape_and_ask_for_health() {
    let metrics = Metrics::builder().registry(&REGISTRY).build();
    let metrics = metrics.expect("the set-up is valid");
    let health = metrics.health();
    let asked = health.clone();
    let checks = [
        HealthCheck::new("asks", async move || {
            use_everything(metrics, "asks");
            ask(&asked).await
        }),
        HealthCheck::blocking("blocks", move || {
            use_everything(metrics, "blocks");
            let asked = metrics.health();
            // The application's runtime is there for blocking checks, too.
            tokio::runtime::Handle::current().block_on(async move { ask(&asked).await })
        }),
    ];
    for check in checks {
        health
            .add(check.timeout(PATIENT))
            .expect("the check is valid");
    }
    let app = super::service::endpoints(&health);
    let service = Service::of(metrics, super::service::runtime(), app);
    assert_eq!(get(service.address, "/health").status, 200);
    let up = ("up".to_owned(), String::new());
    for name in ["asks", "asks-too", "blocks", "blocks-too"] {
        assert_eq!(service.check(name), up, "{name}");
    }
}
