//! Clients that go away at any byte: of a request's head, of its body, between the
//! two, or of the answer. Nobody acknowledges anything; the service itself counts
//! what reaches it.

use crate::service::Server;
use crate::{THREADS, samples, seed};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::{get, post};
use fastrand::Rng;
use futures_util::stream;
use integration_tests::deadline::poll;
use metrics_runtime::{Metrics, Registry};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::env;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use tokio::task::yield_now;

static REGISTRY: Registry = Registry::new();

/// Bytes of a body, one way or the other: more than the system buffers of an
/// answer, so that one that isn't read is given up.
const PIECES: usize = 64;
const PIECE: usize = 64 << 10;
const UPLOAD: usize = 4_000;

/// A service that counts, outside of the layer, what reaches it.
fn service(metrics: Metrics, arrived: &Arc<AtomicU64>) -> Router {
    let download = || async {
        let pieces = stream::unfold(0, |piece| async move {
            yield_now().await;
            let more = Ok::<_, Infallible>(Bytes::from(vec![b'x'; PIECE]));
            (piece < PIECES).then_some((more, piece + 1))
        });
        Body::from_stream(pieces)
    };
    // As long as a client that has gone takes to be noticed.
    let work = || async {
        for _ in 0..200 {
            yield_now().await;
        }
        "done"
    };
    let arrived = Arc::clone(arrived);
    let count = from_fn(move |request: Request, next: Next| {
        // Relaxed: only the number counts.
        arrived.fetch_add(1, Ordering::Relaxed);
        next.run(request)
    });
    Router::new()
        .route("/work", get(work))
        .route("/download", get(download))
        .route(
            "/upload",
            post(|body: Bytes| async move { body.len().to_string() }),
        )
        .layer(metrics.http_layer())
        .layer(count)
}

/// Sends a request, or a part of it, and reads the answer, or a part of it.
fn visit(address: SocketAddr, dice: &mut Rng) {
    let head = |line| format!("{line} HTTP/1.1\r\nhost: service\r\nconnection: close\r\n");
    let text = match dice.u8(..4) {
        0 => head("GET /work") + "\r\n",
        1 => head("GET /download") + "\r\n",
        2 => head("GET /nothing") + "\r\n",
        _ => head("POST /upload") + &format!("content-length: {UPLOAD}\r\n\r\n{:UPLOAD$}", ""),
    };
    let sent = match dice.u8(..3) {
        0 => dice.usize(..=text.len()),
        _ => text.len(),
    };
    let mut stream = TcpStream::connect(address).expect("the service listens");
    let timeout = Some(Duration::from_secs(30));
    stream.set_read_timeout(timeout).expect("it isn't zero");
    // An error says that the service was faster.
    let _ = stream.write_all(&text.as_bytes()[..sent]);
    if sent == text.len() {
        let most = match dice.u8(..4) {
            0 => 0,
            1 => dice.u64(..300),
            2 => dice.u64(..1 << 20),
            _ => u64::MAX,
        };
        let _ = io::copy(&mut (&stream).take(most), &mut io::sink());
    }
}

// Mutations: a `Guard` that is dropped in the handler isn't ended; it starts two
// requests in progress and ends one.
#[test]
fn clients_that_go_away_at_any_byte_leave_nothing_open() {
    let seed = seed();
    println!("METRICS_SEED={seed}");
    let visits = if env::var_os("METRICS_PROVE").is_some() {
        10_000
    } else {
        1_000
    };
    let metrics = Metrics::builder().registry(&REGISTRY).build();
    let metrics = metrics.expect("nothing is set up yet");
    let arrived = Arc::new(AtomicU64::new(0));
    let server = Server::start(service(metrics, &arrived)).expect("a port is free");
    let address = server.address;
    let threads = (0..THREADS).map(|nth| {
        let mut dice = Rng::with_seed(seed.wrapping_add(nth));
        thread::spawn(move || (0..visits / THREADS).for_each(|_| visit(address, &mut dice)))
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().expect("clients expect nothing");
    }
    // The last clients may not have been noticed yet.
    server.stop();
    let arrived = arrived.load(Ordering::Relaxed);
    let requests = |page: &str| samples(page, "http_requests_total").values().sum::<u64>();
    let durations = |page: &str| {
        let counts = samples(page, "http_request_duration_seconds_count");
        counts.values().sum::<u64>()
    };
    // A connection is dropped a moment after its end was told, and a request is
    // recorded family by family.
    let ended = poll(Duration::from_secs(30), || {
        let page = metrics.to_text();
        let open = samples(&page, "http_requests_in_progress");
        let is_whole = open.is_empty() && requests(&page) == arrived && durations(&page) == arrived;
        is_whole.then_some(page)
    });
    let page = ended.unwrap_or_else(|| metrics.to_text());
    assert_eq!(samples(&page, "http_requests_in_progress"), BTreeMap::new());
    assert_eq!(requests(&page), arrived);
    assert_eq!(durations(&page), arrived);
    let aborted = samples(&page, "http_responses_aborted_total");
    for phase in ["handler", "body"] {
        let phase = format!(r#"phase="{phase}""#);
        assert!(
            aborted.keys().any(|labels| labels.contains(&phase)),
            "{aborted:?}"
        );
    }
    println!(
        "{visits} clients, {arrived} requests, {} given up: {aborted:?}",
        aborted.values().sum::<u64>()
    );
}
