//! Two layers on one request, met for the first time: in processes of their own, since
//! a process remembers.

use super::{ask, built, read, sum};
use crate::{Metrics, Profile};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::env;
use std::process::Command;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

const PROFILES: [Profile; 2] = [Profile::Toolkit, Profile::DjangoPrometheus];
const ALONE: &str = "LAYER_TEST_ALONE";

/// Whether this is the process of this case, in which no two layers have met yet. In no
/// such process, runs the test of this name in one.
fn is_alone(test: &str, case: &str) -> bool {
    if let Ok(alone) = env::var(ALONE) {
        return alone == case;
    }
    let module = module_path!().split_once("::").map(|(_, module)| module);
    let test = format!("{}::{test}", module.expect("it is in a crate"));
    let output = Command::new(env::current_exe().expect("the test has a binary"))
        .args(["--exact", &test])
        .env(ALONE, case)
        .output()
        .expect("the binary runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let has_passed = output.status.success() && printed.contains("1 passed");
    assert!(has_passed, "{case}: {printed}");
    false
}

/// Requests of all endpoints, counted when they have come and when they have ended.
fn counts(metrics: Metrics, profile: Profile) -> [u64; 2] {
    let families = match profile {
        Profile::Toolkit => ["http_requests_total{", "http_request_size_bytes_count{"],
        Profile::DjangoPrometheus => [
            "django_http_requests_before_middlewares_total ",
            "django_http_responses_before_middlewares_total ",
        ],
    };
    families.map(|family| sum(metrics, family))
}

fn twice(metrics: Metrics) -> u64 {
    sum(
        metrics,
        "metrics_http_layer_misplaced_total{reason=\"twice\"}",
    )
}

/// A router whose requests wait for a permit each.
fn waiting(permits: &Arc<Semaphore>) -> Router {
    let permits = Arc::clone(permits);
    let wait = move || {
        let permits = Arc::clone(&permits);
        async move {
            permits.acquire().await.expect("it stays open").forget();
            "done"
        }
    };
    let quick = get(|| async { "quick" });
    Router::new()
        .route("/wait/{id}", get(wait))
        .route("/quick", quick)
}

/// As many requests at once, most of which are answered at last, and some given up.
async fn rush(app: &Router, path: &str, permits: &Semaphore) -> u64 {
    const AT_ONCE: usize = 20;
    const GIVEN_UP: usize = 5;
    let mut requests: Vec<_> = (0..AT_ONCE)
        .map(|id| {
            let path = format!("{path}/wait/{id}");
            Box::pin(async move { ask(app, Method::GET, &path, Body::empty()).await })
        })
        .collect();
    for request in &mut requests {
        assert!(futures_util::poll!(request).is_pending());
    }
    requests.truncate(AT_ONCE - GIVEN_UP);
    permits.add_permits(AT_ONCE - GIVEN_UP);
    for request in requests {
        assert_eq!(read(request.await).await, "done");
    }
    AT_ONCE as u64
}

/// How two layers come to be on one request.
#[derive(Clone, Copy, Debug)]
enum Way {
    Merged,
    Nested,
    NestedService,
    BelowPath,
    SameTwice,
}

const WAYS: [Way; 5] = [
    Way::Merged,
    Way::Nested,
    Way::NestedService,
    Way::BelowPath,
    Way::SameTwice,
];

/// Lets requests in that say who they are.
async fn admit(request: Request, next: Next) -> Response {
    if request.uri().query() == Some("denied") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}

impl Way {
    /// What its inner routes are below.
    const fn path(self) -> &'static str {
        match self {
            Self::Nested | Self::NestedService => "/in",
            Self::Merged | Self::BelowPath | Self::SameTwice => "",
        }
    }

    fn app(self, metrics: Metrics, permits: &Arc<Semaphore>) -> Router {
        let layer = metrics.http_layer();
        let router = Router::new();
        let inner = waiting(permits);
        let own = metrics.http_layer();
        let router = match self {
            Self::Merged => router.merge(inner.layer(own)),
            Self::Nested => router.nest("/in", inner.layer(own)),
            Self::NestedService => router.nest_service("/in", inner.layer(own)),
            Self::BelowPath => {
                let inner = inner.layer(own);
                // It answers some by itself, for which the endpoint has led nowhere.
                let pass_on = |request: Request| async move {
                    match request.uri().path() {
                        "/outside" => "outside".into_response(),
                        _ => inner.oneshot(request).await.into_response(),
                    }
                };
                return router
                    .route("/{*path}", get(pass_on))
                    .layer(from_fn(admit))
                    .layer(layer);
            }
            Self::SameTwice => router.merge(inner.layer(layer.clone())),
        };
        let router = router.layer(from_fn(admit));
        router
            .route("/outside", get(|| async { "outside" }))
            .layer(layer)
    }
}

// Mutations: `start` marks no request; it marks those alone that come after the layers
// have met; `leads_anywhere` is always false; `has_led` is called for each status.
#[test]
fn requests_under_way_when_two_layers_first_meet_are_counted_once() {
    for profile in PROFILES {
        for way in WAYS {
            let test = "requests_under_way_when_two_layers_first_meet_are_counted_once";
            if is_alone(test, &format!("{profile:?} {way:?}")) {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime
                    .expect("it needs nothing")
                    .block_on(meet(profile, way));
            }
        }
    }
}

async fn meet(profile: Profile, way: Way) {
    let metrics = built(profile);
    let permits = Arc::new(Semaphore::new(0));
    let (app, path) = (way.app(metrics, &permits), way.path());
    // The outer layer has been used before, and its inner routes were asked for in vain.
    for path in ["/outside".to_owned(), format!("{path}/wait/1?denied")] {
        read(ask(&app, Method::GET, &path, Body::empty()).await).await;
    }
    assert_eq!(twice(metrics), 0);
    let mut met = 0;
    for _ in 0..2 {
        met += rush(&app, path, &permits).await;
    }
    read(ask(&app, Method::GET, &format!("{path}/quick"), Body::empty()).await).await;
    met += 1;
    assert_eq!(counts(metrics, profile), [met + 2; 2]);
    assert_eq!(twice(metrics), met);
    assert_eq!(sum(metrics, "http_requests_in_progress{"), 0);
}

// Mutation: `start` looks at no marks but while another request is polled.
#[test]
fn a_request_that_another_task_takes_over_is_counted_once() {
    async fn elsewhere(request: Request, next: Next) -> Response {
        let answered = tokio::spawn(next.run(request)).await;
        answered.expect("it doesn't panic")
    }
    for profile in PROFILES {
        let test = "a_request_that_another_task_takes_over_is_counted_once";
        if !is_alone(test, &format!("{profile:?}")) {
            continue;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("it needs nothing").block_on(async {
            let metrics = built(profile);
            let permits = Arc::new(Semaphore::new(2));
            let inner = waiting(&permits).layer(metrics.http_layer());
            let app = inner.layer(from_fn(elsewhere)).layer(metrics.http_layer());
            for path in ["/wait/1", "/quick", "/wait/2", "/quick"] {
                read(ask(&app, Method::GET, path, Body::empty()).await).await;
            }
            assert_eq!(counts(metrics, profile), [4; 2]);
            assert_eq!(twice(metrics), 4);
        });
    }
}
