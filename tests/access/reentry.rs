//! An authoriser that uses what it guards.

use crate::app::{answer, request, sample};
use crate::raw::{self, Servers, ask};
use axum::Router;
use axum::http::{Request, StatusCode};
use metrics_runtime::{Access, Counter, Metrics, Registry};
use std::net::Ipv4Addr;
use std::sync::OnceLock;
use std::time::Duration;

/// Nobody waits as long: an authoriser that hangs would be told from one that says no
/// by the request's own limit.
const PATIENT: Duration = Duration::from_mins(10);

/// A set-up that its authoriser uses.
struct Used {
    metrics: OnceLock<Metrics>,
    calls: OnceLock<Counter>,
}

impl Used {
    const fn new() -> Self {
        Self {
            metrics: OnceLock::new(),
            calls: OnceLock::new(),
        }
    }

    fn build(&self, access: Access) -> Metrics {
        let registry: &'static Registry = Box::leak(Box::default());
        let calls = registry.counter("authorizer_calls_total", "Calls.");
        let calls = calls.expect("the name is valid");
        self.calls.set(calls).expect("it is built once");
        let access = access.authorizer_timeout(PATIENT);
        let metrics = Metrics::builder().registry(registry).access(access).build();
        let metrics = metrics.expect("the settings are valid");
        self.metrics.set(metrics).expect("it is built once");
        metrics
    }

    fn called(&self) -> Metrics {
        self.calls.get().expect("it is built").inc();
        *self.metrics.get().expect("it is built")
    }
}

static PLAIN: Used = Used::new();

/// Records, makes the page in each way there is, and says whether it is whole.
async fn use_everything() -> bool {
    let metrics = PLAIN.called();
    let page = metrics.to_text();
    let snapshot = metrics.registry().snapshot();
    let scrape = Request::get("/").body(()).expect("it is valid");
    let scraped = metrics.handler().respond(&scrape).await;
    page.contains("authorizer_calls_total")
        && snapshot.family("authorizer_calls_total").is_some()
        && scraped.status() == StatusCode::OK
}

// F10. Mutation: the throttle's table is locked while the authoriser is asked.
#[test]
fn an_authoriser_may_record_and_scrape() {
    let servers = Servers::new();
    let access = Access::new().authorizer(|_| use_everything());
    let metrics = PLAIN.build(access);
    let router = servers.serve(metrics.mount(Router::new()));
    let listener = raw::listen(&metrics);
    for nth in 1..=5_u32 {
        for address in [router, listener] {
            let page = ask(address, "GET", "/metrics", "");
            assert_eq!(page.status, 200, "{}", page.text);
        }
        let calls = sample(&metrics, "authorizer_calls_total");
        assert!((calls - f64::from(2 * nth)).abs() < f64::EPSILON, "{calls}");
    }
}

static CIRCLE: Used = Used::new();

/// Lets those in to whom the page is served, which asks this.
async fn ask_oneself() -> bool {
    let app = CIRCLE.called().router::<()>();
    let near = Some(Ipv4Addr::LOCALHOST.into());
    let asked = Box::pin(answer(&app, request(near, "/", &[])));
    asked.await.status() == StatusCode::OK
}

// F10. Mutation: `ask` doesn't look how deep it is, and the stack overflows.
#[test]
fn an_authoriser_that_asks_for_what_it_guards_says_no() {
    let servers = Servers::new();
    let access = Access::new().token("s3cret-token");
    let metrics = CIRCLE.build(access.authorizer(|_| ask_oneself()));
    let router = servers.serve(metrics.mount(Router::new()));
    let refused = ask(router, "GET", "/metrics", "");
    assert_eq!(refused.status, 401, "{}", refused.text);
    let calls = sample(&metrics, "authorizer_calls_total");
    assert!((1.0..=8.0).contains(&calls), "{calls}");
    let right = ask(
        router,
        "GET",
        "/metrics",
        "X-Metrics-Token: s3cret-token\r\n",
    );
    assert_eq!(right.status, 200, "{}", right.text);
}
