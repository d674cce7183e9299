//! A shutdown under which requests finish.

use super::client::{get, told};
use super::service::{endpoints, metrics, runtime};
use axum::routing::get as route;
use integration_tests::deadline::poll;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

// Mutations: `shutdown` doesn't drain, or doesn't wait for the delay; a draining program
// isn't alive.
#[test]
fn readiness_goes_down_while_requests_finish() {
    let metrics = metrics();
    let health = metrics.health();
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (entered, released) = (Arc::clone(&begun), Arc::clone(&finish));
    let slow = move || {
        let (entered, released) = (Arc::clone(&entered), Arc::clone(&released));
        async move {
            entered.notify_one();
            released.notified().await;
            "done"
        }
    };
    let app = endpoints(&health).route("/slow", route(slow));
    let (stop, signal) = oneshot::channel::<()>();
    let shutdown = health.shutdown(async { drop(signal.await) }, Duration::from_hours(1));
    let runtime = runtime();
    let address = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let serving = axum::serve(listener, app).with_graceful_shutdown(shutdown);
        tokio::spawn(async move { serving.await });
        address
    });
    let up = (200, "{\"status\":\"up\"}".to_owned());
    assert_eq!(told(address, "/readiness"), up);
    let request = thread::spawn(move || get(address, "/slow"));
    runtime.block_on(begun.notified());
    assert!(!health.is_draining());
    stop.send(()).expect("it waits for the signal");
    let draining = poll(Duration::from_mins(1), || {
        health.is_draining().then(|| told(address, "/readiness"))
    });
    let expected = (503, "{\"status\":\"draining\"}".to_owned());
    assert_eq!(draining, Some(expected.clone()));
    assert_eq!(told(address, "/health"), expected);
    assert_eq!(told(address, "/liveness"), up);
    assert_eq!(told(address, "/health/startup"), up);
    // Who hasn't noticed yet is served, too.
    finish.notify_one();
    let answer = request.join().expect("it is answered");
    assert_eq!((answer.status, &*answer.body), (200, "done"));
}

// Mutation: the delay is never over.
#[test]
fn the_server_stops_after_the_delay() {
    let metrics = metrics();
    let health = metrics.health();
    // Without timers, which a runtime need not have.
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let delay = Duration::from_millis(20);
    let runtime = runtime.expect("it needs no threads");
    runtime.block_on(health.shutdown(async {}, delay));
    assert!(health.is_draining());
}
