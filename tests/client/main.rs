//! Requests that go out over loopback: what is recorded is what became of them.

use axum::Router;
use axum::extract::Path;
use axum::http::{Method, Request, Response, StatusCode};
use axum::routing::any;
use integration_tests::page::Page;
use metrics_runtime::{HttpClientService, Metrics, Registry};
use reqwest::{Body, Client};
use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::util::BoxCloneService;
use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};

use futures_util::FutureExt as _;

type Reply = Pin<Box<dyn Future<Output = Result<Response<Body>, reqwest::Error>> + Send>>;
type Recorded = HttpClientService<BoxCloneService<Request<Body>, Response<Body>, reqwest::Error>>;

/// The toolkit on a registry of the test's own.
fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

/// The samples of a name, zeros left out.
fn samples(metrics: &Metrics, name: &str) -> BTreeMap<String, u64> {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let lines = page.lines().filter_map(|line| {
        let (labels, value) = line
            .strip_prefix(name)?
            .strip_prefix('{')?
            .rsplit_once("} ")?;
        let values = labels.split(',').map(|label| {
            let value = label.split_once('=').map_or("", |(_, value)| value);
            value.trim_matches('"')
        });
        let values: Vec<&str> = values.collect();
        Some((values.join(" "), value.parse().ok()?))
    });
    lines.filter(|(_, value)| *value > 0).collect()
}

fn requests(metrics: &Metrics) -> BTreeMap<String, u64> {
    samples(metrics, "http_client_requests_total")
}

fn in_progress(metrics: &Metrics) -> u64 {
    let samples = samples(metrics, "http_client_requests_in_progress");
    samples.values().sum()
}

/// A server that answers with the status of the path, or never; and how many requests
/// it has never answered.
async fn serve() -> (u16, Arc<AtomicU64>) {
    let hung = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&hung);
    let app: Router = Router::new()
        .route(
            "/{status}",
            any(|Path(status): Path<u16>| async move {
                StatusCode::from_u16(status).expect("the test asks for one")
            }),
        )
        .route(
            "/hang/now",
            any(move || async move {
                counted.fetch_add(1, Ordering::Relaxed);
                pending::<()>().await;
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port of loopback is free");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (port, hung)
}

/// The client of reqwest, as the documentation has it.
fn recorded(metrics: &Metrics) -> Recorded {
    let client = Client::builder().no_proxy().build();
    let client = client.expect("the client needs nothing");
    let client = service_fn(move |request: Request<Body>| {
        let client = client.clone();
        async move {
            client
                .execute(request.try_into()?)
                .await
                .map(Response::from)
        }
    });
    let layer = metrics.http_client_layer(["127.0.0.1"]);
    layer.layer(BoxCloneService::new(client))
}

fn request(method: Method, host: &str, port: u16, path: &str) -> Request<Body> {
    let uri = format!("http://{host}:{port}/{path}");
    let request = Request::builder().method(method).uri(uri);
    request.body(Body::from("")).expect("the parts are valid")
}

// S1, S2. Mutations: `label` gives the host that is asked for; the method's name is its
// label.
#[tokio::test]
async fn requests_are_counted_by_host_method_and_status() {
    let metrics = metrics();
    let (port, _) = serve().await;
    let client = recorded(&metrics);
    let brew = Method::from_bytes(b"BREW").expect("it is a token");
    for (method, host, port, path) in [
        (Method::GET, "127.0.0.1", port, "200?token=secret"),
        (Method::GET, "127.0.0.1", port, "404"),
        (Method::POST, "127.0.0.1", port, "503"),
        (brew, "127.0.0.1", port, "200"),
        (Method::GET, "127.0.0.1", port, "200"),
        (Method::GET, "127.0.0.1", port, "799"),
        // Hosts that nobody has listed.
        (Method::GET, "localhost", port, "200"),
        (Method::GET, "127.0.0.2", 1, "200"),
        // Nothing listens there.
        (Method::GET, "127.0.0.1", 1, "200"),
    ] {
        let answer = client
            .clone()
            .oneshot(request(method, host, port, path))
            .await;
        match answer {
            Ok(answer) => assert!(path.starts_with(answer.status().as_str())),
            Err(error) => assert!(error.is_connect() && port == 1, "{error}"),
        }
    }
    let expected = [
        ("127.0.0.1 GET 200", 2),
        ("127.0.0.1 GET 404", 1),
        ("127.0.0.1 POST 503", 1),
        ("127.0.0.1 OTHER 200", 1),
        ("127.0.0.1 GET other", 1),
        ("127.0.0.1 GET error", 1),
        ("other GET 200", 1),
        ("other GET error", 1),
    ];
    let expected = expected.map(|(labels, count)| (labels.to_owned(), count));
    assert_eq!(requests(&metrics), BTreeMap::from(expected));
    let durations = samples(&metrics, "http_client_request_duration_seconds_count");
    let expected = [
        ("127.0.0.1 GET ok", 3),
        ("127.0.0.1 GET error", 2),
        ("127.0.0.1 POST error", 1),
        ("127.0.0.1 OTHER ok", 1),
        ("other GET ok", 1),
        ("other GET error", 1),
    ];
    let expected = expected.map(|(labels, count)| (labels.to_owned(), count));
    assert_eq!(durations, BTreeMap::from(expected));
    assert_eq!(in_progress(&metrics), 0);
    assert!(!metrics.to_text().contains("secret"));
}

// F7. Mutations: `Call` doesn't end when it is dropped; `leave` does nothing.
#[tokio::test]
async fn requests_that_are_given_up_are_counted_once() {
    let metrics = metrics();
    let (port, hung) = serve().await;
    let client = recorded(&metrics);
    let waiting = (0..50).map(|_| {
        let request = request(Method::GET, "127.0.0.1", port, "hang/now");
        tokio::spawn(client.clone().oneshot(request))
    });
    let waiting: Vec<_> = waiting.collect();
    let all = timeout(Duration::from_mins(1), async {
        while hung.load(Ordering::Relaxed) < 50 {
            yield_now().await;
        }
    });
    assert!(all.await.is_ok());
    assert_eq!(in_progress(&metrics), 50);
    assert_eq!(requests(&metrics), BTreeMap::new());
    for task in waiting {
        task.abort();
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
    }
    let cancelled = ("127.0.0.1 GET cancelled".to_owned(), 50);
    assert_eq!(requests(&metrics), BTreeMap::from([cancelled]));
    assert_eq!(in_progress(&metrics), 0);
}

// F7. Mutations: `drop` ends what was never polled as cancelled; `new` starts the time in
// progress.
#[tokio::test]
async fn requests_whose_futures_are_never_polled_are_not_recorded() {
    let metrics = metrics();
    let layer = metrics.http_client_layer(["a"]);
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    let mut client = layer.layer(service_fn(move |_: Request<Body>| -> Reply {
        let sent = Arc::clone(&counted);
        Box::pin(async move {
            sent.fetch_add(1, Ordering::Relaxed);
            Ok(Response::new(Body::default()))
        })
    }));
    let mut made = || client.call(request(Method::GET, "a", 1, ""));
    let futures: Vec<_> = (0..100).map(|_| made()).collect();
    assert_eq!(in_progress(&metrics), 0);
    drop(futures);
    // Its owner's panic isn't the client's.
    let unpolled = made();
    let owner = AssertUnwindSafe(|| {
        let _unpolled = unpolled;
        resume_unwind(Box::new("on purpose"));
    });
    assert!(std::panic::catch_unwind(owner).is_err());
    assert_eq!(requests(&metrics), BTreeMap::new());
    let durations = || samples(&metrics, "http_client_request_duration_seconds_count");
    assert_eq!(durations(), BTreeMap::new());
    assert_eq!(in_progress(&metrics), 0);
    // One among them that is awaited is recorded.
    assert!(made().await.is_ok());
    assert_eq!(sent.load(Ordering::Relaxed), 1);
    assert_eq!(
        requests(&metrics),
        BTreeMap::from([("a GET 200".into(), 1)])
    );
    assert_eq!(durations(), BTreeMap::from([("a GET ok".into(), 1)]));
    assert_eq!(in_progress(&metrics), 0);
}

// Mutation: `enter` leaves `start` as it is.
#[tokio::test]
async fn the_time_before_the_first_poll_is_no_part_of_the_duration() {
    let metrics = metrics();
    let layer = metrics.http_client_layer(["a"]);
    let mut client = layer.layer(service_fn(|_: Request<Body>| -> Reply {
        Box::pin(async { Ok(Response::new(Body::default())) })
    }));
    let future = client.call(request(Method::GET, "a", 1, ""));
    // Nothing is waited for: time passes that isn't the request's.
    std::thread::sleep(Duration::from_millis(20));
    let begun = Instant::now();
    assert!(future.await.is_ok());
    let most = begun.elapsed().as_secs_f64();
    let page = metrics.to_text();
    let name = "http_client_request_duration_seconds_sum{";
    let line = page.lines().find(|line| line.starts_with(name));
    let (_, sum) = line.and_then(|line| line.rsplit_once(' ')).expect("a sum");
    let sum: f64 = sum.parse().expect("it is a number");
    // Both clocks may be off by a little.
    assert!(sum <= most * 1.01 + 1e-5, "{sum} of {most}");
}

// F6. Mutation: what is dropped is always cancelled.
#[tokio::test]
async fn clients_that_panic_are_counted_in_their_call_and_in_their_future() {
    let metrics = metrics();
    let layer = metrics.http_client_layer([]);
    let mut early = layer.layer(service_fn(|_: Request<Body>| -> Reply {
        resume_unwind(Box::new("on purpose"))
    }));
    let call = AssertUnwindSafe(|| early.call(request(Method::GET, "a", 1, "")));
    assert!(std::panic::catch_unwind(call).is_err());
    let late = layer.layer(service_fn(|_: Request<Body>| -> Reply {
        Box::pin(async { resume_unwind(Box::new("on purpose")) })
    }));
    let answer = AssertUnwindSafe(late.oneshot(request(Method::GET, "a", 1, "")));
    assert!(answer.catch_unwind().await.is_err());
    let panics = ("other GET panic".to_owned(), 2);
    assert_eq!(requests(&metrics), BTreeMap::from([panics]));
    assert_eq!(in_progress(&metrics), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mixed_load_is_counted_exactly() {
    let metrics = metrics();
    let (port, _) = serve().await;
    let client = recorded(&metrics);
    let tasks = (0..4_u64).map(|task| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut random = fastrand::Rng::with_seed(task);
            let mut tally = BTreeMap::<String, u64>::new();
            for _ in 0..250 {
                let status = random
                    .choice(["200", "404", "500"])
                    .expect("there are some");
                let host = random
                    .choice(["127.0.0.1", "localhost"])
                    .expect("there are some");
                let request = request(Method::GET, host, port, status);
                let answer = client.clone().oneshot(request);
                let label = if host == "localhost" { "other" } else { host };
                let status = if random.u32(..10) == 0 {
                    // Polled once at most: nothing is there that soon.
                    assert!(answer.now_or_never().is_none());
                    "cancelled"
                } else {
                    assert!(answer.await.is_ok());
                    status
                };
                *tally.entry(format!("{label} GET {status}")).or_default() += 1;
            }
            tally
        })
    });
    let mut expected = BTreeMap::new();
    for task in tasks.collect::<Vec<_>>() {
        for (labels, count) in task.await.expect("the server answers") {
            *expected.entry(labels).or_default() += count;
        }
    }
    assert_eq!(requests(&metrics), expected);
    assert_eq!(in_progress(&metrics), 0);
}
