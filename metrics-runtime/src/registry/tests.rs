//! What recording has to do with a registry's locks: nothing.

use crate::global;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

// L7. A page locks the plan while it is written, and the state while it takes up
// families. Mutation: a counter asks its registry before it counts.
#[test]
fn recording_waits_for_no_page() {
    let registry = global();
    let counter = registry.counter("unblocked_total", "Test.").unwrap();
    let gauge = registry.gauge("unblocked_depth", "Test.").unwrap();
    let running = registry.in_progress("unblocked_running", "Test.").unwrap();
    let histogram = registry.histogram("unblocked_size", "Test.", &[1.0]);
    let histogram = histogram.unwrap();
    let plan = registry.plan();
    let state = registry.lock();
    let (done, recorded) = channel();
    thread::spawn(move || {
        counter.inc();
        gauge.set(2.0);
        let running = running.start();
        histogram.observe(0.5);
        drop(running);
        done.send(()).expect("the test listens");
    });
    let recorded = recorded.recv_timeout(Duration::from_secs(30));
    drop(state);
    drop(plan);
    assert_eq!(recorded, Ok(()), "it waits for a lock");
    assert_eq!((counter.get(), histogram.count()), (1, 1));
}
