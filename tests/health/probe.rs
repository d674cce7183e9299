//! What probes are told, path by path.

use super::client::{get, send, told};
use super::service::{PATIENT, Service, endpoints, metrics, runtime};
use metrics_runtime::health::{Group, HealthCheck, HealthReport, HealthRouterError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn body(status: &str) -> String {
    format!("{{\"status\":\"{status}\"}}")
}

// M1, M3. Mutation: only paths without a slash at the end are routes.
#[test]
fn without_checks_everything_is_up_in_every_spelling() {
    let service = Service::start(|_| ());
    for path in [
        "/health",
        "/readiness",
        "/liveness",
        "/health/startup",
        "/health/readiness",
    ] {
        for path in [path.to_owned(), format!("{path}/"), format!("{path}?x=1")] {
            let answer = get(service.address, &path);
            assert_eq!((answer.status, answer.body), (200, body("up")), "{path}");
            for header in ["content-type: application/json", "cache-control: no-store"] {
                assert!(answer.head.contains(header), "{path}: {}", answer.head);
            }
            let head = send(service.address, "HEAD", &path, "");
            assert_eq!((head.status, head.body), (200, String::new()), "{path}");
            let post = send(service.address, "POST", &path, "");
            assert_eq!(post.status, 405, "{path}");
        }
    }
    assert_eq!(
        told(service.address, "/health/search"),
        (404, body("unknown"))
    );
    assert_eq!(get(service.address, "/health/a/b").status, 404);
}

// M1, M6. Mutation: a group is told of all checks.
#[test]
fn each_group_is_told_of_its_own_checks() {
    let service = Service::start(|health| {
        let check = |name, report: HealthReport| {
            HealthCheck::new(name, async move || report.clone()).timeout(PATIENT)
        };
        let checks = [
            check("db", HealthReport::down("gone")).group(Group::Readiness),
            check("deadlock", HealthReport::up()).group(Group::Liveness),
            check("mail", HealthReport::down("gone"))
                .critical(false)
                .group("outside"),
            check("index", HealthReport::degraded("old"))
                .group("search")
                .group("outside"),
            check("alone", HealthReport::up()),
        ];
        for check in checks {
            health.add(check).expect("the check is valid");
        }
    });
    for (path, status, word, names) in [
        (
            "/health",
            503,
            "down",
            &["alone", "db", "deadlock", "index", "mail"][..],
        ),
        ("/readiness", 503, "down", &["db"]),
        ("/liveness", 200, "up", &["deadlock"]),
        ("/health/liveness/", 200, "up", &["deadlock"]),
        ("/health/startup", 200, "up", &[]),
        ("/health/outside", 200, "degraded", &["index", "mail"]),
        ("/health/search", 200, "degraded", &["index"]),
    ] {
        assert_eq!(told(service.address, path), (status, body(word)), "{path}");
        let details = service.details(path);
        let checks = details["checks"].as_array().expect("there are");
        let found: Vec<&str> = checks.iter().filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(found, names, "{path}");
    }
    let page = service.metrics.to_text();
    for line in [
        "health_check_status{check=\"db\"} 0\n",
        "health_check_status{check=\"index\"} 0.5\n",
        "health_check_status{check=\"alone\"} 1\n",
        "health_check_duration_seconds_count{check=\"alone\"} 1\n",
    ] {
        assert!(page.contains(line), "{line}{page}");
    }
}

// M4. Mutation: `started` does nothing.
#[test]
fn a_program_that_starts_is_alive_and_not_ready() {
    let service = Service::start(metrics_runtime::Health::starting);
    let all = || {
        let paths = ["/health", "/readiness", "/health/startup", "/liveness"];
        paths.map(|path| told(service.address, path))
    };
    let starting = (503, body("starting"));
    let up = (200, body("up"));
    let not_ready = [starting.clone(), starting.clone(), starting, up.clone()];
    assert_eq!(all(), not_ready);
    service.health.started();
    assert_eq!(all(), [up.clone(), up.clone(), up.clone(), up]);
}

// Mutation: the interval isn't kept.
#[test]
fn many_probes_share_one_run() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let service = Service::start(move |health| {
        let check = HealthCheck::new("db", async move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let check = check.timeout(PATIENT).interval(Duration::from_hours(1));
        health.add(check).expect("the check is valid");
    });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(get(service.address, "/health").status, 200);
                }
            });
        }
    });
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_check_that_comes_later_is_run_and_told_too() {
    let service = Service::start(|_| ());
    assert_eq!(get(service.address, "/health").status, 200);
    let late = service.health.check("late", async || Err::<(), _>("gone"));
    late.expect("the check is valid");
    assert_eq!(get(service.address, "/health").status, 503);
}

// Mutation: the answer has no `Unmeasured`.
#[test]
fn paths_can_be_others_and_probes_are_not_measured() {
    let metrics = metrics();
    let health = metrics.health();
    let router = health
        .router()
        .health_path("/a/healthz")
        .readiness_path("/readyz");
    let app = router
        .liveness_path("/livez")
        .router()
        .expect("the paths are valid");
    let app = app
        .merge(endpoints(&metrics.health()))
        .layer(metrics.http_layer());
    let service = Service::of(metrics, runtime(), app);
    for path in [
        "/a/healthz",
        "/a/healthz/startup/",
        "/readyz",
        "/livez/",
        "/liveness",
    ] {
        assert_eq!(told(service.address, path), (200, body("up")), "{path}");
    }
    assert_eq!(get(service.address, "/nothing").status, 404);
    let page = service.metrics.to_text();
    let requests = page
        .lines()
        .filter(|line| line.starts_with("http_requests_total{"));
    let requests: Vec<&str> = requests.collect();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].contains("<unmatched>"));
}

#[test]
fn paths_that_are_none_are_refused() {
    let health = metrics().health();
    for path in [
        "", "/", "health", "/a/", "/{a}", "/*a", "/a b", "/ä", "/a?b",
    ] {
        let refused = health
            .router()
            .health_path(path)
            .router::<()>()
            .unwrap_err();
        let path = path.to_owned();
        assert_eq!(refused, HealthRouterError::Path { path });
    }
    let twice = health.router().readiness_path("/health").router::<()>();
    let path = "/health".to_owned();
    assert_eq!(twice.unwrap_err(), HealthRouterError::Taken { path });
}
