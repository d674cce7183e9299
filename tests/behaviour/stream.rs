//! Functions that return a stream: a call lasts from the first poll of its
//! stream to the end, or until the stream is dropped.

use std::pin::{Pin, pin};
use std::task::Poll;

use futures_core::Stream;
use metrics_runtime::{Classify, Outcome, Registry, in_progress, timed, track_model, track_task};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, cancel, caught, page, ready, suspend,
};
use crate::steps::{PANIC, Step, Steps, collect, poll_next};

static REGISTRY: Registry = Registry::new();

#[track_caller]
fn calls(function: &str) -> Calls {
    crate::driver::timed(&REGISTRY, function)
}

#[track_caller]
fn value(family: &str, function: &str) -> Option<f64> {
    let labels = [("function", function), ("module", module_path!())];
    page(&REGISTRY).value(family, &labels)
}

/// What the streams of a function have yielded.
#[track_caller]
fn items(function: &str) -> Option<f64> {
    value("function_stream_items_total", function)
}

#[track_caller]
fn running(function: &str) -> Option<f64> {
    value("function_calls_in_progress", function)
}

const CANCELLED: Calls = Calls {
    cancelled: 1.0,
    ..Calls::NONE
};

const ERROR: Calls = Calls {
    error: 1.0,
    ..Calls::NONE
};

const PANICKED: Calls = Calls {
    panic: 1.0,
    ..Calls::NONE
};

type Item = Result<u32, Failure>;

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn counted(end: u32) -> impl Stream<Item = u32> {
    Steps::new((0..end).flat_map(|item| [Step::Wait, Step::Yield(item)]))
}

#[test]
fn a_stream_runs_from_its_first_poll_to_its_end() {
    let mut stream = pin!(counted(3));
    assert_eq!(
        (calls("counted"), running("counted")),
        (Calls::NONE, Some(0.0))
    );
    assert_eq!(poll_next(stream.as_mut()), Poll::Pending);
    assert_eq!(
        (calls("counted"), running("counted")),
        (Calls::NONE, Some(1.0))
    );
    assert_eq!(collect(stream.as_mut()), [0, 1, 2]);
    assert_eq!(
        (calls("counted"), running("counted")),
        (Calls::OK, Some(0.0))
    );
    assert_eq!(items("counted"), Some(3.0));
    // A poll after the end is no second call.
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(None));
    assert_eq!(
        (calls("counted"), running("counted")),
        (Calls::OK, Some(0.0))
    );
}

#[timed(stream, registry = REGISTRY)]
fn hinted() -> impl Stream<Item = u32> {
    Steps::new([Step::Wait, Step::Yield(1)])
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn unpolled(steps: Steps<u32>) -> impl Stream<Item = u32> {
    steps
}

#[test]
fn a_stream_that_is_never_polled_records_nothing() {
    drop(unpolled(Steps::of([1])));
    let kept = unpolled(Steps::of([1]));
    assert_eq!(
        (calls("unpolled"), running("unpolled")),
        (Calls::NONE, Some(0.0))
    );
    drop(kept);
    assert_eq!(calls("unpolled"), Calls::NONE);
    assert_eq!(items("unpolled"), Some(0.0));
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn dropped(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

#[test]
fn a_stream_that_is_dropped_before_its_end_is_cancelled() {
    let mut stream = Box::pin(dropped(Steps::of([Ok(1), Ok(2), Ok(3)])));
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(Ok(1))));
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(Ok(2))));
    assert_eq!(running("dropped"), Some(1.0));
    drop(stream);
    assert_eq!(
        (calls("dropped"), running("dropped")),
        (CANCELLED, Some(0.0))
    );
    assert_eq!(items("dropped"), Some(2.0));
}

#[timed(stream, registry = REGISTRY)]
fn broken_off(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

#[timed(stream, registry = REGISTRY)]
fn went_on(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

#[timed(stream, registry = REGISTRY)]
fn ended(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

#[test]
fn a_stream_whose_last_item_is_an_error_has_failed() {
    let mut stream = Box::pin(broken_off(Steps::of([Ok(1), Err(Failure), Ok(2)])));
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(Ok(1))));
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(Err(Failure))));
    drop(stream);
    assert_eq!(calls("broken_off"), ERROR, "dropped for it");
    assert_eq!(items("broken_off"), Some(2.0));

    let stream = pin!(went_on(Steps::of([Err(Failure), Ok(2)])));
    assert_eq!(collect(stream).len(), 2);
    assert_eq!(calls("went_on"), Calls::OK, "another item came");

    let stream = pin!(ended(Steps::of([Ok(1), Err(Failure)])));
    assert_eq!(collect(stream).len(), 2);
    assert_eq!(calls("ended"), ERROR);
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn panicking(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

// Mutation: the poll that unwinds is recorded by the meter, which doesn't know
// of the items.
#[test]
fn a_stream_that_panics_has_yielded_what_came_before() {
    let steps = [Ok(1), Ok(2), Err(Failure)].map(Step::Yield);
    let steps = Steps::new(steps.into_iter().chain([Step::Panic]));
    let mut stream = Box::pin(panicking(steps));
    let (payload, _) = caught(|| collect(stream.as_mut()));
    assert_eq!(payload.downcast_ref(), Some(&PANIC));
    assert_eq!(
        (calls("panicking"), running("panicking")),
        (PANICKED, Some(0.0))
    );
    assert_eq!(items("panicking"), Some(3.0));
    drop(stream);
    assert_eq!(calls("panicking"), PANICKED, "dropping it is no second end");
}

#[derive(Debug)]
struct Refusing;

impl Classify for Refusing {
    fn outcome(&self) -> Outcome {
        std::panic::panic_any("refused")
    }
}

#[timed(stream, registry = REGISTRY)]
fn refused() -> impl Stream<Item = Refusing> {
    Steps::of([Refusing])
}

#[test]
fn a_panic_in_the_look_at_an_item_is_the_calls() {
    let mut stream = Box::pin(refused());
    let (payload, _) = caught(|| poll_next(stream.as_mut()));
    assert_eq!(payload.downcast_ref(), Some(&"refused"));
    drop(stream);
    assert_eq!((calls("refused"), items("refused")), (PANICKED, Some(0.0)));
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn makes_none(end: End) -> impl Stream<Item = u32> {
    Steps::of(end.reach())
}

#[test]
fn a_panic_that_makes_no_stream_is_a_call_without_items() {
    assert_panics(|| makes_none(End::Panic));
    assert_eq!(
        (calls("makes_none"), items("makes_none")),
        (PANICKED, Some(0.0))
    );
    assert_eq!(running("makes_none"), Some(0.0));
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
async fn later(end: End) -> impl Stream<Item = Item> {
    end.wait().await;
    Steps::of([end.reach(), Err(Failure), Ok(3)])
}

// Mutation: what the future records has one item, as it has one row.
#[test]
fn the_future_of_a_stream_is_a_call_until_there_is_a_stream() {
    drop(later(End::Return));
    cancel(later(End::Wait));
    assert_eq!(calls("later"), CANCELLED);
    assert_panics(|| ready(later(End::Panic)));
    let both = Calls {
        cancelled: 1.0,
        ..PANICKED
    };
    assert_eq!((calls("later"), items("later")), (both, Some(0.0)));

    let mut future = Box::pin(later(End::Return));
    suspend(future.as_mut());
    assert_eq!(running("later"), Some(1.0));
    let mut stream = Box::pin(ready(future.as_mut()));
    assert_eq!(calls("later"), both, "it isn't over with its future");
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(Ok(VALUE))));
    assert_eq!(running("later"), Some(1.0));
    assert_eq!(collect(stream.as_mut()), [Err(Failure), Ok(3)]);
    let all = Calls { ok: 1.0, ..both };
    assert_eq!((calls("later"), items("later")), (all, Some(3.0)));
    assert_eq!(running("later"), Some(0.0));
}

#[timed(stream, registry = REGISTRY)]
fn boxed(end: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(Steps::of(0..end))
}

#[timed(stream, registry = REGISTRY)]
async fn boxed_later(end: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    End::Return.wait().await;
    Box::pin(Steps::of(0..end))
}

type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

#[timed(stream, registry = REGISTRY)]
fn boxed_by_name(texts: &[String]) -> BoxStream<'_, &str> {
    Box::pin(Steps::of(texts.iter().map(String::as_str)))
}

#[test]
fn boxed_streams_are_measured_too() {
    let mut stream = boxed(2);
    assert_eq!(collect(stream.as_mut()), [0, 1]);
    assert_eq!((calls("boxed"), items("boxed")), (Calls::OK, Some(2.0)));
    let mut stream = ready(boxed_later(3));
    assert_eq!(collect(stream.as_mut()), [0, 1, 2]);
    let name = "boxed_later";
    assert_eq!((calls(name), items(name)), (Calls::OK, Some(3.0)));
    let texts = ["a".to_owned(), "b".to_owned()];
    let mut stream = boxed_by_name(&texts);
    assert_eq!(collect(stream.as_mut()), ["a", "b"]);
    let name = "boxed_by_name";
    assert_eq!((calls(name), items(name)), (Calls::OK, Some(2.0)));
}

fn is_send_and_unpin(stream: impl Stream + Send + Unpin) {
    drop(stream);
}

// Mutation: `MeasuredStream` leaves `size_hint` to the trait's default.
#[test]
fn a_measured_stream_keeps_its_size_hint_and_is_as_send_as_before() {
    let mut stream = pin!(hinted());
    assert_eq!(stream.size_hint(), (0, Some(2)));
    assert_eq!(poll_next(stream.as_mut()), Poll::Pending);
    assert_eq!(stream.size_hint(), (0, Some(1)));
    is_send_and_unpin(hinted());
    is_send_and_unpin(boxed(2));
}

struct Repo;

#[track_model(registry = REGISTRY)]
impl Repo {
    #[track_model(read)]
    fn all(&self, steps: Steps<Item>) -> impl Stream<Item = Item> + use<> {
        let Self = self;
        steps
    }
}

#[test]
fn the_rows_of_a_stream_are_its_items() {
    let rows = || page(&REGISTRY).value("model_reads_total", &[("model", "Repo")]);
    let stream = pin!(Repo.all(Steps::of([Ok(1), Ok(2), Ok(3)])));
    assert_eq!(collect(stream).len(), 3);
    assert_eq!(rows(), Some(3.0));
    let stream = pin!(Repo.all(Steps::of([Ok(1), Err(Failure)])));
    assert_eq!(collect(stream).len(), 2);
    assert_eq!(rows(), Some(3.0), "after success only");
}

#[track_task(registry = REGISTRY)]
fn import(steps: Steps<Item>) -> impl Stream<Item = Item> {
    steps
}

#[test]
fn a_stream_may_be_a_task() {
    let stream = pin!(import(Steps::of([Ok(1)])));
    assert_eq!(collect(stream).len(), 1);
    drop(import(Steps::of([Ok(1)])));
    let runs = page(&REGISTRY).sum("task_runs_total", &[("task", "import")]);
    assert_eq!(runs, Some(1.0));
}

#[timed(stream, when = end > 0, registry = REGISTRY)]
fn sometimes(end: u32) -> impl Stream<Item = u32> {
    Steps::of(0..end)
}

#[test]
fn a_stream_that_is_left_out_is_as_without_the_attribute() {
    assert_eq!(collect(pin!(sometimes(0))), Vec::<u32>::new());
    assert_eq!(
        (calls("sometimes"), items("sometimes")),
        (Calls::NONE, Some(0.0))
    );
    assert_eq!(collect(pin!(sometimes(2))), [0, 1]);
    assert_eq!(
        (calls("sometimes"), items("sometimes")),
        (Calls::OK, Some(2.0))
    );
}

/// Yields again after its end, as a stream may that isn't fused.
struct Restarting(u32);

impl Stream for Restarting {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<Option<u32>> {
        self.0 += 1;
        Poll::Ready((!self.0.is_multiple_of(2)).then_some(self.0))
    }
}

#[timed(stream, registry = REGISTRY)]
#[in_progress]
fn restarting() -> impl Stream<Item = u32> {
    Restarting(0)
}

#[test]
fn what_a_stream_yields_after_its_end_is_no_second_call() {
    let mut stream = Box::pin(restarting());
    assert_eq!(collect(stream.as_mut()), [1]);
    assert_eq!(collect(stream.as_mut()), [3]);
    assert_eq!(poll_next(stream.as_mut()), Poll::Ready(Some(5)));
    assert_eq!(running("restarting"), Some(0.0));
    drop(stream);
    assert_eq!(
        (calls("restarting"), items("restarting")),
        (Calls::OK, Some(1.0))
    );
}
