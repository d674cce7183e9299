//! `#[in_progress]`: calls that run, from their start or first poll to their
//! end, whatever that is.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use integration_tests::child::in_child;
use metrics_runtime::builtin::function::function_calls_in_progress;
use metrics_runtime::{Metrics, Registry, in_progress};

use crate::driver::{End, Failure, VALUE, assert_panics, cancel, caught, page, ready, suspend};

static REGISTRY: Registry = Registry::new();

/// What the gauge says of a function.
#[track_caller]
fn running(function: &str) -> Option<f64> {
    running_in(&REGISTRY, function)
}

#[track_caller]
fn running_in(registry: &Registry, function: &str) -> Option<f64> {
    let labels = [("function", function), ("module", module_path!())];
    page(registry).value("function_calls_in_progress", &labels)
}

#[in_progress(registry = REGISTRY)]
fn now(end: End) -> Result<u32, Failure> {
    assert_eq!(running("now"), Some(1.0));
    end.reach()
}

// Mutation: `record` leaves out `rest`.
#[test]
fn a_call_runs_until_it_returns_or_unwinds() {
    assert_eq!(running("now"), Some(0.0), "before the first call");
    assert_eq!(now(End::Return), Ok(VALUE));
    assert_eq!(running("now"), Some(0.0));
    assert_eq!(now(End::Fail), Err(Failure));
    assert_eq!(running("now"), Some(0.0));
    assert_panics(|| now(End::Panic));
    assert_eq!(running("now"), Some(0.0));
}

#[in_progress(registry = REGISTRY)]
async fn later(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn an_async_call_runs_from_its_first_poll_to_its_end() {
    drop(later(End::Return));
    let mut first = pin!(later(End::Return));
    let mut second = Box::pin(later(End::Wait));
    assert_eq!(running("later"), Some(0.0), "never polled");
    suspend(first.as_mut());
    assert_eq!(running("later"), Some(1.0));
    suspend(second.as_mut());
    suspend(second.as_mut());
    assert_eq!(running("later"), Some(2.0));
    assert_eq!(ready(first.as_mut()), Ok(VALUE));
    assert_eq!(running("later"), Some(1.0), "the first is still there");
    drop(second);
    assert_eq!(running("later"), Some(0.0), "cancelled");
    assert_eq!(ready(later(End::Fail)), Err(Failure));
    assert_panics(|| ready(later(End::Panic)));
    assert_eq!(running("later"), Some(0.0));
}

type Boxed = Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>>;

#[in_progress(registry = REGISTRY)]
fn opaque(end: End) -> impl Future<Output = Result<u32, Failure>> {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[in_progress(registry = REGISTRY)]
fn boxed_at_the_tail(end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move {
        end.wait().await;
        end.reach()
    })
}

#[in_progress(registry = REGISTRY)]
fn boxed_before(end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    let future: Boxed = Box::pin(async move {
        end.wait().await;
        end.reach()
    });
    future
}

#[track_caller]
fn check_returned<F>(function: &str, call: impl Fn(End) -> F)
where
    F: Future<Output = Result<u32, Failure>>,
{
    let mut future = Box::pin(call(End::Return));
    assert_eq!(running(function), Some(0.0), "made and not polled");
    suspend(future.as_mut());
    assert_eq!(running(function), Some(1.0));
    assert_eq!(ready(future.as_mut()), Ok(VALUE));
    // The future is still there, ready.
    assert_eq!(running(function), Some(0.0));
    drop(future);
    drop(call(End::Return));
    cancel(call(End::Wait));
    assert_panics(|| ready(call(End::Panic)));
    assert_eq!(running(function), Some(0.0));
}

// Mutation: `unstarted` leaves out `rest`.
#[test]
fn a_returned_future_runs_from_its_first_poll() {
    check_returned("opaque", opaque);
    check_returned("boxed_at_the_tail", boxed_at_the_tail);
    check_returned("boxed_before", boxed_before);
}

#[in_progress(registry = REGISTRY)]
fn refuses_to_make_one(end: End) -> impl Future<Output = u32> {
    let value = end.reach().unwrap_or(0);
    async move { value }
}

#[test]
fn a_panic_that_makes_no_future_ends_the_call() {
    assert_panics(|| refuses_to_make_one(End::Panic));
    assert_eq!(running("refuses_to_make_one"), Some(0.0));
}

struct Room;

#[in_progress(registry = REGISTRY)]
impl Room {
    fn enter(&self) {
        assert_eq!(running("Room::enter"), Some(1.0));
        let Self = self;
    }

    #[in_progress(skip)]
    fn size(&self) -> usize {
        size_of_val(self)
    }
}

#[test]
fn a_block_names_the_type_too() {
    Room.enter();
    assert_eq!(Room.size(), 0);
    assert_eq!(running("Room::enter"), Some(0.0));
    assert_eq!(running("Room::size"), None);
}

#[in_progress(
    name = "sockets_in_progress",
    help = "Open sockets.",
    labels(kind = kind),
    registry = REGISTRY
)]
async fn socket(kind: String) -> usize {
    End::Wait.wait().await;
    kind.len()
}

#[track_caller]
fn sockets(kind: &str) -> Option<f64> {
    page(&REGISTRY).value("sockets_in_progress", &[("kind", kind)])
}

#[test]
fn a_family_of_ones_own_counts_by_its_labels() {
    let mut web = Box::pin(socket("web".to_owned()));
    let mut raw = pin!(socket("raw".to_owned()));
    assert_eq!(
        sockets("web"),
        None,
        "labels are evaluated at the first poll"
    );
    suspend(web.as_mut());
    suspend(raw.as_mut());
    cancel(socket("raw".to_owned()));
    assert_eq!((sockets("web"), sockets("raw")), (Some(1.0), Some(1.0)));
    drop(web);
    assert_eq!((sockets("web"), sockets("raw")), (Some(0.0), Some(1.0)));
    assert!(
        REGISTRY.to_text().contains(
            "# HELP sockets_in_progress Open sockets.\n# TYPE sockets_in_progress gauge\n"
        )
    );
}

static FULL: Registry = Registry::new();

#[in_progress(name = "jobs_in_progress", help = "Jobs.", labels(id = id), registry = FULL)]
fn job(id: u32, inner: impl FnOnce(u32)) {
    inner(id);
}

#[test]
fn what_finds_no_series_runs_in_the_overflow_series() {
    let overflow = || page(&FULL).value("jobs_in_progress", &[("id", "__overflow__")]);
    for id in 0..2_000 {
        job(id, drop);
    }
    job(2_000, |_| {
        job(2_001, |_| assert_eq!(overflow(), Some(2.0)));
        assert_eq!(overflow(), Some(1.0));
    });
    assert_eq!(overflow(), Some(0.0));
    assert_eq!(page(&FULL).sum("jobs_in_progress", &[]), Some(0.0));
}

#[in_progress(registry = REGISTRY)]
fn down(level: u32, depth: f64) {
    assert_eq!(running("down"), Some(depth));
    if let Some(next) = level.checked_sub(1) {
        down(next, depth + 1.0);
    }
    assert_eq!(running("down"), Some(depth));
}

#[test]
fn each_call_of_a_recursion_runs() {
    down(3, 1.0);
    assert_eq!(running("down"), Some(0.0));
}

static SWITCHED: Registry = Registry::new();

fn switch(on: bool) {
    let builder = Metrics::builder().registry(&SWITCHED).enabled(on);
    builder.build().expect("the set-up is valid");
}

#[in_progress(registry = SWITCHED)]
fn switches_off() {
    assert_eq!(running_in(&SWITCHED, "switches_off"), Some(1.0));
    switch(false);
}

#[in_progress(registry = SWITCHED)]
fn switches_on() {
    switch(true);
}

#[in_progress(registry = SWITCHED)]
async fn goes_on() {
    End::Return.wait().await;
}

// Mutation: `record` looks at `is_off` before `rest`.
#[test]
fn what_ran_when_recording_was_turned_off_comes_to_an_end() {
    let name = "in_progress::what_ran_when_recording_was_turned_off_comes_to_an_end";
    in_child(name, &[], || {
        switches_off();
        let mut started_off = pin!(goes_on());
        suspend(started_off.as_mut());
        // A site that has seen that recording is off, and not only been told.
        switches_on();
        assert_eq!(running_in(&SWITCHED, "switches_off"), Some(0.0));
        assert_eq!(running_in(&SWITCHED, "switches_on"), Some(0.0));

        let mut finished = pin!(goes_on());
        let mut cancelled = Box::pin(goes_on());
        suspend(finished.as_mut());
        suspend(cancelled.as_mut());
        assert_eq!(running_in(&SWITCHED, "goes_on"), Some(2.0));
        ready(started_off);
        assert_eq!(running_in(&SWITCHED, "goes_on"), Some(2.0));
        switch(false);
        ready(goes_on());
        ready(finished);
        drop(cancelled);
        switch(true);
        assert_eq!(running_in(&SWITCHED, "goes_on"), Some(0.0));
        ready(goes_on());
        assert_eq!(running_in(&SWITCHED, "goes_on"), Some(0.0));
    });
}

/// Reads the gauge of a function until `done`: it must never be negative, which
/// would wrap. Calls that are started while it is read may be too many, but no
/// more than there are in all.
fn watch(function: &str, calls: u64, done: &AtomicBool) {
    let gauge = function_calls_in_progress(function, module_path!());
    while !done.load(Ordering::Acquire) {
        let running = gauge.get();
        assert!(running <= calls, "{running} run of {calls}");
    }
    assert_eq!(gauge.get(), 0);
}

#[in_progress]
fn short() {}

// Mutation, for both of these: `unfinished` reads the starts before the ends.
#[test]
fn the_gauge_is_never_negative_while_calls_come_and_go() {
    const THREADS: u64 = 3;
    const CALLS: u64 = 200_000;
    static DONE: AtomicBool = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch("short", THREADS * CALLS, &DONE));
        let calling = (0..THREADS).map(|_| {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    short();
                }
            })
        });
        for thread in calling.collect::<Vec<_>>() {
            thread.join().expect("the calls end");
        }
        DONE.store(true, Ordering::Release);
        watching.join().expect("the gauge was never negative");
    });
}

#[in_progress]
async fn handed_over() {
    End::Return.wait().await;
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts calls, which another thread ends.
fn start_calls(calls: u64, to: &SyncSender<Task>) {
    for _ in 0..calls {
        let mut task: Task = Box::pin(handed_over());
        suspend(task.as_mut());
        to.send(task).expect("somebody ends it");
    }
}

#[test]
fn the_gauge_is_never_negative_while_threads_hand_calls_over() {
    const PAIRS: u64 = 2;
    const CALLS: u64 = 10_000;
    static DONE: AtomicBool = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch("handed_over", PAIRS * CALLS, &DONE));
        let pairs = (0..PAIRS).flat_map(|_| {
            let (sender, receiver) = sync_channel::<Task>(1);
            [
                scope.spawn(move || start_calls(CALLS, &sender)),
                scope.spawn(move || receiver.into_iter().for_each(ready)),
            ]
        });
        for thread in pairs.collect::<Vec<_>>() {
            thread.join().expect("the calls are handed over");
        }
        DONE.store(true, Ordering::Release);
        watching.join().expect("the gauge was never negative");
    });
}

#[in_progress(registry = REGISTRY)]
#[track_caller]
fn in_place(end: End) -> Result<u32, Failure> {
    assert_eq!(running("in_place"), Some(1.0));
    end.reach()
}

#[in_progress(registry = REGISTRY)]
fn never_returns() -> ! {
    std::panic::panic_any("never")
}

#[test]
fn functions_whose_body_stays_in_place_run_too() {
    assert_eq!(in_place(End::Return), Ok(VALUE));
    let (payload, _) = caught(|| -> () { never_returns() });
    assert_eq!(payload.downcast_ref(), Some(&"never"));
    assert_eq!(running("in_place"), Some(0.0));
    assert_eq!(running("never_returns"), Some(0.0));
}
