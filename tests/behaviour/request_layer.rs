//! The queries of each request, counted by the HTTP layer. They go to the layer's
//! registry.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use metrics_runtime::{Metrics, Registry, count_request_queries, global, track_query};
use tower::ServiceExt as _;

use crate::driver::page;

static QUERIES: Registry = Registry::new();

#[track_query(select, table = "rows", registry = QUERIES)]
async fn query() {
    tokio::task::yield_now().await;
}

async fn make(queries: u32) {
    for _ in 0..queries {
        query().await;
    }
}

fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder().registry(registry).build();
    built.expect("nothing is set up yet")
}

fn app() -> Router {
    Router::new()
        .route("/none", get(|| async {}))
        .route("/two", get(|| make(2)))
        .route(
            "/spawned",
            get(|| async {
                make(1).await;
                let task = tokio::spawn(make(5));
                task.await.expect("it ends well");
            }),
        )
}

async fn ask(app: &Router, path: &str) {
    let request = Request::get(path).body(Body::empty());
    let request = request.expect("the request is valid");
    let answered = app.clone().oneshot(request).await;
    let response = answered.unwrap_or_else(|never| match never {});
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    body.expect("it is in memory");
}

/// How many requests there were, and how many queries they made.
fn counted(registry: &Registry) -> [Option<f64>; 2] {
    ["count", "sum"]
        .map(|part| page(registry).value(&format!("http_request_db_queries_{part}"), &[]))
}

// Mutations: `count` doesn't look at the layer's bit; the scope isn't left when a
// poll is over.
#[tokio::test]
async fn the_layer_counts_the_queries_of_each_request() {
    let metrics = metrics();
    let app = app().layer(metrics.http_layer());
    for path in ["/none", "/two", "/two", "/spawned"] {
        ask(&app, path).await;
        make(3).await;
    }
    assert_eq!(counted(metrics.registry()), [Some(4.0), Some(5.0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_at_once_count_their_own() {
    let metrics = metrics();
    let app = app().layer(metrics.http_layer());
    let requests = (0..200).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { ask(&app, "/two").await })
    });
    for request in requests.collect::<Vec<_>>() {
        request.await.expect("it ends well");
    }
    let page = page(metrics.registry());
    let le = |bound: &str| page.value("http_request_db_queries_bucket", &[("le", bound)]);
    assert_eq!((le("1"), le("2")), (Some(0.0), Some(200.0)));
}

// Mutation: `RequestQueries::poll` counts under the layer too.
#[tokio::test]
async fn a_request_is_not_counted_twice() {
    let metrics = metrics();
    let count = from_fn(|request: Request, next: Next| count_request_queries(next.run(request)));
    let app = app().layer(count).layer(metrics.http_layer());
    let before = counted(global());
    for _ in 0..3 {
        ask(&app, "/two").await;
    }
    assert_eq!(counted(metrics.registry()), [Some(3.0), Some(6.0)]);
    assert_eq!(counted(global()), before);
}

// Mutation: `RequestScope` isn't left by a drop.
#[tokio::test]
async fn a_panic_leaves_no_request_behind() {
    let metrics = metrics();
    let panicking = || async {
        make(1).await;
        panic!("on purpose") as &str
    };
    let app: Router = app()
        .route("/panic", get(panicking))
        .layer(metrics.http_layer());
    let asked = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, "/panic").await }
    });
    assert!(asked.await.is_err());
    make(7).await;
    ask(&app, "/two").await;
    // The query of the poll that has panicked is in no request.
    assert_eq!(counted(metrics.registry()), [Some(2.0), Some(2.0)]);
}

// Mutation: `Recorder::leave` keeps nothing where nothing is recorded.
#[tokio::test]
async fn an_inner_layer_leaves_the_queries_to_the_outer_one() {
    let metrics = metrics();
    let app = app().layer(metrics.http_layer());
    let app = Router::new().merge(app).layer(metrics.http_layer());
    for _ in 0..3 {
        ask(&app, "/two").await;
    }
    let [count, sum] = counted(metrics.registry());
    // The first one of the process is a request of both layers.
    assert!(matches!(count, Some(3.0 | 4.0)), "{count:?}");
    assert_eq!(sum, Some(6.0));
}
