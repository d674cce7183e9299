//! An axum service of one route, under layers that record its requests.

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Path, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum_prometheus::PrometheusMetricLayer;
use http_body_util::BodyExt as _;
use metrics_runtime::Metrics;
use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use tokio::runtime::Builder;
use tower::Service as _;

/// A service, and what it does now and then.
type Started = (Router, Box<dyn Fn()>);

/// A way to record the requests of a service.
pub struct Recorded {
    /// Its name.
    pub name: &'static str,
    build: fn() -> Started,
}

/// All ways; the first is the service by itself.
pub const ALL: [Recorded; 6] = [
    Recorded {
        name: "bare",
        build: || (bare(), Box::new(|| {})),
    },
    Recorded {
        name: "pass-through layer",
        build: || {
            let layer = tower::layer::layer_fn(|inner| PassThrough { inner });
            (bare().layer(layer), Box::new(|| {}))
        },
    },
    Recorded {
        name: "ours",
        build: || {
            let metrics = Metrics::builder().build().expect("it is set up once");
            (bare().layer(metrics.http_layer()), Box::new(|| {}))
        },
    },
    Recorded {
        name: "pass-through from_fn",
        build: || {
            let pass = |request: Request, next: Next| async move { next.run(request).await };
            (bare().layer(from_fn(pass)), Box::new(|| {}))
        },
    },
    Recorded {
        name: "prometheus by hand",
        build: || (bare().layer(from_fn(by_hand)), Box::new(|| {})),
    },
    Recorded {
        name: "axum-prometheus",
        build: || {
            // It starts a task for its upkeep, which isn't driven: the upkeep is called.
            let runtime = Builder::new_current_thread().enable_time().build();
            let runtime = runtime.expect("a runtime of one thread is small");
            let (layer, handle) = {
                let _entered = runtime.enter();
                PrometheusMetricLayer::pair()
            };
            (bare().layer(layer), Box::new(move || handle.run_upkeep()))
        },
    },
];

fn bare() -> Router {
    let user = |Path(id): Path<u64>| async move { if id == 0 { "nobody" } else { "somebody" } };
    Router::new().route("/users/{id}", get(user))
}

/// A layer that does nothing, which axum boxes all the same.
#[derive(Clone)]
struct PassThrough<S> {
    inner: S,
}

impl<S: tower::Service<Request>> tower::Service<Request> for PassThrough<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.inner.call(request)
    }
}

const LABELS: [&str; 3] = ["method", "endpoint", "status"];

static REQUESTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    prometheus::register_int_counter_vec!("hand_requests_total", "Requests.", &LABELS)
        .expect("the name is new")
});
static DURATIONS: LazyLock<HistogramVec> = LazyLock::new(|| {
    prometheus::register_histogram_vec!("hand_request_seconds", "Duration.", &LABELS)
        .expect("the name is new")
});
static PENDING: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    prometheus::register_int_gauge_vec!("hand_requests_pending", "Pending.", &LABELS[..2])
        .expect("the name is new")
});

/// The middleware of many services: three families instead of our nine, bodies
/// not measured, and a gauge that stays up when a request is cancelled.
async fn by_hand(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let endpoint = matched.as_ref().map_or("<unmatched>", MatchedPath::as_str);
    let pending = PENDING.with_label_values(&[method.as_str(), endpoint]);
    pending.inc();
    let response = next.run(request).await;
    pending.dec();
    let status = response.status();
    let labels = [method.as_str(), endpoint, status.as_str()];
    REQUESTS.with_label_values(&labels).inc();
    let duration = DURATIONS.with_label_values(&labels);
    duration.observe(start.elapsed().as_secs_f64());
    response
}

impl Recorded {
    /// The service as a server has it, and what it does now and then.
    pub fn start(&self) -> Started {
        let (service, now_and_then) = (self.build)();
        // Until a service has its state, axum makes each route anew for a request.
        (service.with_state(()), now_and_then)
    }
}

/// Sends a request, and reads its answer to the end. Returns its length.
///
/// # Panics
///
/// When the service waits, or its body fails.
pub fn ask(service: &mut Router) -> usize {
    let request = Request::get("/users/7").body(Body::empty());
    let response = ready(service.call(request.expect("it is valid")));
    let response = response.unwrap_or_else(|never| match never {});
    let body = ready(response.into_body().collect());
    black_box(body.expect("it is in memory").to_bytes()).len()
}

/// What a future gives that never waits.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    match black_box(future.as_mut()).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, ask};

    #[test]
    fn all_answer_the_same() {
        for recorded in ALL {
            let (mut service, _) = recorded.start();
            assert_eq!(ask(&mut service), "somebody".len(), "{}", recorded.name);
        }
    }
}
