//! What comes after a check has hung, and after a runtime has ended.

use super::client::get;
use super::service::{Service, endpoints, metrics, runtime};
use integration_tests::deadline::poll;
use metrics_runtime::health::HealthCheck;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

// F1. Mutation: `start` doesn't ask whether the check runs.
#[test]
fn what_has_hung_runs_again_once_it_is_done_and_never_twice_at_once() {
    let (release, wait) = channel::<()>();
    let wait: Mutex<Receiver<()>> = Mutex::new(wait);
    let inside = Arc::new(AtomicUsize::new(0));
    let runs = Arc::new(AtomicUsize::new(0));
    let (entered, counted) = (Arc::clone(&inside), Arc::clone(&runs));
    let service = Service::start(move |health| {
        let check = HealthCheck::blocking("db", move || {
            assert_eq!(entered.fetch_add(1, Ordering::SeqCst), 0, "it runs already");
            counted.fetch_add(1, Ordering::SeqCst);
            // Once it is released it never waits again.
            let _ = wait.lock().expect("one runs at a time").recv();
            entered.fetch_sub(1, Ordering::SeqCst);
        });
        let short = Duration::from_millis(20);
        let check = check.timeout(short).interval(short);
        health.add(check).expect("the check is valid");
    });
    let timeout = ("down".to_owned(), "timeout".to_owned());
    for _ in 0..20 {
        assert_eq!(service.check("db"), timeout);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    drop(release);
    let up = ("up".to_owned(), String::new());
    let seen = poll(LONG, || (service.check("db") == up).then_some(()));
    assert!(seen.is_some(), "it is {:?}", service.check("db"));
    assert!(runs.load(Ordering::SeqCst) > 1);
}

// Mutation: the first runtime is kept.
#[test]
fn after_a_runtime_has_ended_checks_use_the_next() {
    let metrics = metrics();
    let health = metrics.health();
    let check = HealthCheck::new("timer", async || {
        tokio::time::sleep(Duration::from_millis(1)).await;
    });
    let check = check.interval(Duration::from_millis(20));
    health.add(check).expect("the check is valid");
    for _ in 0..2 {
        let service = Service::of(metrics, runtime(), endpoints(&health));
        let up = || (get(service.address, "/health").status == 200).then_some(());
        // The one before may have ended in the middle of a run.
        assert!(poll(LONG, up).is_some(), "{:?}", service.check("timer"));
        drop(service);
    }
}
