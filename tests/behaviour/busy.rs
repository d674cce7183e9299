//! `#[timed(busy)]`: how long an async call was polled, and how long it waited.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_core::Stream;
use metrics_runtime::{Registry, timed};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, page, ready, spin, suspend,
};
use crate::steps::{Step, Steps, collect, poll_next};

static REGISTRY: Registry = Registry::new();

const FAMILIES: [&str; 4] = ["busy", "idle", "longest_poll", "duration"];

/// A clock that is read beside ours may be so much apart from it.
const CLOCKS: f64 = 0.001;

/// Calls by outcome, of which every family must know.
#[track_caller]
fn calls(function: &str) -> Calls {
    let [first, others @ ..] = FAMILIES.map(|what| {
        let name = format!("function_{what}_seconds_count");
        by_outcome(&REGISTRY, &name, &[("function", function)])
    });
    assert_eq!(others, [first; 3]);
    first
}

/// Seconds that calls of a function have taken altogether.
#[derive(Debug)]
struct Seconds {
    busy: f64,
    idle: f64,
    longest: f64,
    duration: f64,
}

#[track_caller]
fn seconds(function: &str) -> Seconds {
    let page = page(&REGISTRY);
    let [busy, idle, longest, duration] = FAMILIES.map(|what| {
        let name = format!("function_{what}_seconds_sum");
        let sum = page.sum(&name, &[("function", function)]);
        sum.expect("the family is there")
    });
    Seconds {
        busy,
        idle,
        longest,
        duration,
    }
}

const POLL: Duration = Duration::from_millis(2);

#[timed(busy, registry = REGISTRY)]
async fn blocks(end: End) -> Result<u32, Failure> {
    spin(POLL);
    end.wait().await;
    spin(POLL);
    end.reach()
}

// Mutations: `poll_ends` doesn't add; `longest` is the last; idle is the
// duration.
#[test]
fn polls_that_block_are_busy_and_the_time_between_them_is_idle() {
    const WAIT: Duration = Duration::from_millis(4);
    let poll = POLL.as_secs_f64();
    let mut call = pin!(blocks(End::Return));
    let mut polled = Duration::ZERO;
    let start = Instant::now();
    suspend(call.as_mut());
    polled += start.elapsed();
    spin(WAIT);
    let start = Instant::now();
    assert_eq!(ready(call), Ok(VALUE));
    polled += start.elapsed();
    let most = polled.as_secs_f64() + CLOCKS;
    let seconds = seconds("blocks");
    let Seconds {
        busy,
        idle,
        longest,
        duration,
    } = seconds;
    assert!(busy > 2.0 * poll - CLOCKS && busy < most, "{seconds:?}");
    assert!(longest > poll - CLOCKS && longest < busy, "{seconds:?}");
    assert!(idle > WAIT.as_secs_f64() - CLOCKS, "{seconds:?}");
    // Sums are of whole nanoseconds, so little is lost by adding doubles.
    assert!((busy + idle - duration).abs() < 1e-6, "{seconds:?}");
    assert_eq!(calls("blocks"), Calls::OK);
}

#[timed(busy, registry = REGISTRY)]
async fn ends(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn each_outcome_has_its_polls() {
    drop(ends(End::Return));
    assert_eq!(calls("ends"), Calls::NONE);
    assert_eq!(ready(ends(End::Return)), Ok(VALUE));
    assert_eq!(ready(ends(End::Fail)), Err(Failure));
    assert_panics(|| ready(ends(End::Panic)));
    cancel(ends(End::Wait));
    assert_eq!(calls("ends"), Calls::EACH_ASYNC);
}

#[timed(busy, registry = REGISTRY)]
async fn blocks_and_panics() -> Result<u32, Failure> {
    spin(POLL);
    End::Panic.reach()
}

// Mutation: `Polling` records the panic before it ends the poll.
#[test]
fn the_poll_that_unwinds_is_one() {
    assert_panics(|| ready(blocks_and_panics()));
    let seconds = seconds("blocks_and_panics");
    let poll = POLL.as_secs_f64() - CLOCKS;
    assert!(seconds.busy > poll && seconds.longest > poll, "{seconds:?}");
}

#[timed(busy, registry = REGISTRY)]
fn returned(end: End) -> impl Future<Output = Result<u32, Failure>> {
    // Not a poll, and before the call starts.
    spin(POLL);
    async move {
        end.wait().await;
        end.reach()
    }
}

#[test]
fn a_returned_future_is_busy_while_it_is_polled() {
    let start = Instant::now();
    let future = returned(End::Return);
    assert!(start.elapsed() >= POLL);
    drop(returned(End::Return));
    let polls = Instant::now();
    assert_eq!(ready(future), Ok(VALUE));
    let most = polls.elapsed().as_secs_f64() + CLOCKS;
    let Seconds { busy, duration, .. } = seconds("returned");
    assert!(busy <= duration && duration < most, "{duration} of {most}");
    assert_eq!(calls("returned"), Calls::OK);
}

#[timed(busy, stream, registry = REGISTRY)]
fn streams() -> impl Stream<Item = u32> {
    Steps::new([Step::Yield(1), Step::Wait, Step::Yield(2)])
}

#[test]
fn the_polls_of_a_stream_are_its_calls() {
    let mut stream = pin!(streams());
    assert!(poll_next(stream.as_mut()).is_ready());
    spin(POLL);
    assert_eq!(collect(stream), [2]);
    let seconds = seconds("streams");
    let idle = POLL.as_secs_f64() - CLOCKS;
    assert!(seconds.idle > idle, "{seconds:?}");
    let apart = seconds.busy + seconds.idle - seconds.duration;
    assert!(apart.abs() < 1e-6, "{seconds:?}");
    assert_eq!(calls("streams"), Calls::OK);
}

#[timed(name = "named_seconds", help = "Named.", busy, labels(end = 1), registry = REGISTRY)]
async fn named() {}

#[test]
fn the_polls_go_to_the_plain_families_beside_a_name_of_ones_own() {
    ready(named());
    let own = by_outcome(&REGISTRY, "named_seconds_count", &[("end", "1")]);
    assert_eq!(own, Calls::OK);
    for what in ["busy", "idle", "longest_poll"] {
        let name = format!("function_{what}_seconds_count");
        let calls = by_outcome(&REGISTRY, &name, &[("function", "named")]);
        assert_eq!(calls, Calls::OK, "{what}");
    }
}

struct Warehouse;

#[timed(busy, stream, registry = REGISTRY)]
#[expect(clippy::unused_self, reason = "the type of `self` is what counts")]
impl Warehouse {
    fn shelves(&self) -> u32 {
        VALUE
    }

    async fn order(&self) -> u32 {
        End::Return.wait().await;
        self.shelves()
    }
}

// Mutation: `fitting` keeps `busy`.
#[test]
fn of_a_block_only_what_is_polled_is_busy() {
    assert_eq!(ready(Warehouse.order()), VALUE);
    assert_eq!(calls("Warehouse::order"), Calls::OK);
    let page = page(&REGISTRY);
    let shelves = [("function", "Warehouse::shelves")];
    assert_eq!(
        page.sum("function_duration_seconds_count", &shelves),
        Some(1.0)
    );
    assert_eq!(page.sum("function_busy_seconds_count", &shelves), None);
    assert_eq!(page.sum("function_stream_items_total", &shelves), None);
}
