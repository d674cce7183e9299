//! Who is told what.

use super::client::{Answer, get, send};
use super::service::{PATIENT, Service, TOKEN, metrics, runtime};
use axum::Router;
use metrics_runtime::health::{Group, HealthCheck, HealthReport};
use metrics_runtime::{Access, Health, Metrics, Registry};
use std::future::pending;
use std::time::Duration;

const CANARY: &str = "canary-5f1c";

fn add(health: &Health) {
    let report = || HealthReport::down(CANARY).with(CANARY, CANARY);
    let checks = [
        HealthCheck::new(CANARY, async move || report()),
        HealthCheck::blocking("panics", || -> () { panic!("{CANARY}") }),
        HealthCheck::new("fails", async || Err::<(), _>(CANARY)),
    ];
    for check in checks {
        let check = check.group(Group::Readiness).group(Group::Liveness);
        let check = check.group(Group::Startup).group(CANARY).timeout(PATIENT);
        health.add(check).expect("the check is valid");
    }
}

const PATHS: [&str; 5] = [
    "/health",
    "/readiness/",
    "/liveness",
    "/health/startup",
    "/health/canary-5f1c",
];

// M7, F3. Mutation: details are for everybody.
#[test]
fn strangers_are_told_the_status_alone() {
    let service = Service::start(add);
    for path in PATHS {
        for header in ["", "x-token: wrong\r\n", "authorization: Bearer right\r\n"] {
            let answer = send(service.address, "GET", path, header);
            let Answer { status, body, head } = answer;
            assert_eq!((status, &*body), (503, "{\"status\":\"down\"}"), "{path}");
            assert!(!head.contains(CANARY));
        }
        let answer = send(service.address, "GET", path, TOKEN);
        assert_eq!(answer.body.matches(CANARY).count(), 9, "{}", answer.body);
    }
}

// M7, S7. Mutations: the usual router asks nobody; it asks whether the caller is let in.
#[test]
fn the_usual_router_tells_those_with_a_token_details() {
    let registry: &'static Registry = Box::leak(Box::default());
    let access = Access::new().token("5e0c7d1b9f2a4836");
    let metrics = Metrics::builder().registry(registry).access(access).build();
    let metrics = metrics.expect("the settings are valid");
    add(&metrics.health());
    let app: Router = metrics.health_router();
    let service = Service::of(metrics, runtime(), app);
    for path in PATHS {
        for header in ["", "x-metrics-token: wrong\r\n"] {
            let answer = send(service.address, "GET", path, header);
            assert_eq!(answer.body, "{\"status\":\"down\"}", "{path}");
        }
        let token = "authorization: Bearer 5e0c7d1b9f2a4836\r\n";
        let answer = send(service.address, "GET", path, token);
        assert_eq!(answer.body.matches(CANARY).count(), 9, "{}", answer.body);
    }
}

// M7. Mutation: the default rule authorises.
#[test]
fn the_usual_router_tells_nobody_details_without_settings() {
    let metrics = metrics();
    add(&metrics.health());
    let app: Router = metrics.health_router();
    let service = Service::of(metrics, runtime(), app);
    for path in PATHS {
        let answer = get(service.address, path);
        assert_eq!(answer.body, "{\"status\":\"down\"}", "{path}");
    }
}

// M1, M7. Mutation: a probe waits until the authoriser's own timeout is over, which is
// longer than the client does.
#[test]
fn an_authoriser_that_never_answers_delays_no_probe() {
    let registry: &'static Registry = Box::leak(Box::default());
    let access = Access::new()
        .authorizer_timeout(Duration::from_hours(1))
        .authorizer(|_| pending());
    let metrics = Metrics::builder().registry(registry).access(access).build();
    let metrics = metrics.expect("the settings are valid");
    add(&metrics.health());
    let app: Router = metrics.health_router();
    let service = Service::of(metrics, runtime(), app);
    for path in PATHS {
        let answer = get(service.address, path);
        assert_eq!(
            (answer.status, &*answer.body),
            (503, "{\"status\":\"down\"}"),
            "{path}"
        );
    }
}

// M7. Mutation: a panic of the authoriser isn't caught.
#[test]
fn an_authoriser_that_panics_says_no() {
    let metrics = metrics();
    let health = metrics.health();
    add(&health);
    let router = health.router().show_details(|_| panic!("on purpose"));
    let app: Router = router.router().expect("the paths are valid");
    let service = Service::of(metrics, runtime(), app);
    let answer = get(service.address, "/health");
    assert_eq!(
        (answer.status, &*answer.body),
        (503, "{\"status\":\"down\"}")
    );
}
