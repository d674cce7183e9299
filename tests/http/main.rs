//! The HTTP layer under clients that go away: over sockets, at the head, in the
//! body and between, every request is counted once.
//!
//! Some say when they go, so that the numbers are known; others go at any byte.
//!
//! `METRICS_SEED` repeats a run; its seed is printed. `METRICS_PROVE` makes it ten
//! times as long.

mod client;
mod cut;
mod service;

use client::{Client, Tally};
use integration_tests::deadline::poll;
use metrics_runtime::{Metrics, Registry};
use service::Service;
use std::collections::BTreeMap;
use std::env;
use std::thread;
use std::time::Duration;

static REGISTRY: Registry = Registry::new();

/// Clients that go away, of each thread.
const ABORTS: usize = 250;
const THREADS: u64 = 4;

fn seed() -> u64 {
    env::var("METRICS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| {
            seed.parse()
                .expect("METRICS_SEED is an unsigned number, as a run prints it")
        },
    )
}

/// The samples of a family by their labels, zeros left out.
fn samples(page: &str, family: &str) -> BTreeMap<String, u64> {
    let lines = page.lines().filter_map(|line| {
        let (labels, value) = line.strip_prefix(family)?.split_once(' ')?;
        // Nothing here is ever negative, not even a gauge for a moment.
        let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
        Some((labels.to_owned(), value))
    });
    lines.filter(|(_, value)| *value > 0).collect()
}

// Mutations: `Guard` doesn't end when it is dropped; `ResponseFuture` keeps its
// guard when the response is there; `frame` doesn't compare with `expected`.
#[test]
fn clients_that_go_away_are_counted_once_and_leave_nothing_open() {
    let seed = seed();
    println!("METRICS_SEED={seed}");
    let aborts = ABORTS
        * if env::var_os("METRICS_PROVE").is_some() {
            10
        } else {
            1
        };
    let metrics = Metrics::builder().registry(&REGISTRY).build();
    let metrics = metrics.expect("nothing is set up yet");
    let service = Service::start(metrics).expect("a port of loopback is free");
    let threads = (0..THREADS).map(|nth| {
        let mut client = Client::new(&service, seed.wrapping_add(nth));
        thread::spawn(move || client.rage(aborts))
    });
    let threads: Vec<_> = threads.collect();
    let mut tally = Tally::default();
    for thread in threads {
        tally.add(&thread.join().expect("the client has read what it wanted"));
    }
    let wanted = tally.requests.values().sum::<u64>();
    let durations = |page: &str| {
        let counts = samples(page, "http_request_duration_seconds_count");
        counts.values().sum::<u64>()
    };
    // A request is recorded family by family: a page may have some of them alone.
    let ended = poll(Duration::from_secs(30), || {
        let page = metrics.to_text();
        let is_whole = samples(&page, "http_requests_total") == tally.requests
            && samples(&page, "http_responses_aborted_total") == tally.aborted
            && samples(&page, "http_requests_in_progress").is_empty()
            && durations(&page) == wanted;
        is_whole.then_some(page)
    });
    let page = ended.unwrap_or_else(|| metrics.to_text());
    assert_eq!(samples(&page, "http_requests_total"), tally.requests);
    assert_eq!(
        samples(&page, "http_responses_aborted_total"),
        tally.aborted
    );
    assert_eq!(samples(&page, "http_requests_in_progress"), BTreeMap::new());
    assert_eq!(durations(&page), wanted);
    println!(
        "{wanted} requests, {} given up",
        tally.aborted.values().sum::<u64>()
    );
}
