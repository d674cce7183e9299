//! What measuring adds to a future, and how big handles are. The bounds are
//! exact: who makes one bigger says so here.

use std::future::Future;
use std::pin::Pin;

use futures_core::Stream;
use metrics_runtime::{
    Counter, Gauge, Histogram, InProgress, Registry, Running, count_request_queries, counted,
    in_progress, timed, track_cache, track_model, track_query, track_task,
};

use crate::driver::{End, Failure};
use crate::steps::Steps;

static REGISTRY: Registry = Registry::new();

/// What attributes add, one or several: the site, when the call began, and the
/// state of the future around the body.
const LIMIT: usize = 24;

/// What is held across an await, so that a copy of it would show.
type Held = [u8; 512];

#[expect(clippy::large_types_passed_by_value, reason = "that is what is held")]
async fn bare(held: Held) -> Result<usize, Failure> {
    End::Return.wait().await;
    End::Return.reach().map(|_| held.len())
}

macro_rules! measured {
    ($held:ident: $($(#[$attribute:meta])+ $name:ident;)*) => {
        $(
            $(#[$attribute])+
            async fn $name($held: Held) -> Result<usize, Failure> {
                End::Return.wait().await;
                End::Return.reach().map(|_| $held.len())
            }
        )*
    };
}

measured! {
    held:
    #[timed] plain_timed;
    #[counted] plain_counted;
    #[in_progress] plain_in_progress;
    #[track_query(select, table = "t", registry = REGISTRY)] plain_query;
    #[track_cache(set, cache = "c", registry = REGISTRY)] plain_cache;
    #[track_model(read, model = "M", registry = REGISTRY)] plain_model;
    #[track_task(registry = REGISTRY)] plain_task;

    #[timed(registry = REGISTRY)] #[counted] two;
    #[timed(registry = REGISTRY)] #[counted] #[in_progress] three;
    #[timed(registry = REGISTRY)] #[counted] #[in_progress]
    #[track_query(select, table = "t")] #[track_cache(set, cache = "c")]
    #[track_model(read, model = "M")] #[track_task]
    seven;

    #[timed(when = held[0] == 0, registry = REGISTRY)] on_condition;
    #[timed(busy, registry = REGISTRY)] busy;
    #[in_progress(age, registry = REGISTRY)] aged;
    #[timed(name = "size_argument_seconds", labels(first = held[0]), registry = REGISTRY)]
    label_of_argument;
    #[timed(name = "size_number_seconds", labels(number = { held[0] }), registry = REGISTRY)]
    label_of_number;
    #[timed(name = "size_returned_seconds", labels(ok = |ret| ret.is_ok()), registry = REGISTRY)]
    label_of_value;
    #[timed(name = "size_error_seconds", error = |_| "failure", registry = REGISTRY)]
    label_of_error;
}

/// What measuring adds to the future of the same body.
#[track_caller]
fn added<F: Future>(call: impl Fn(Held) -> F) -> usize {
    let held = [0; 512];
    let bare = size_of_val(&bare(held));
    let measured = size_of_val(&call(held));
    measured.saturating_sub(bare)
}

#[test]
fn one_attribute_adds_little_to_a_future() {
    let each = [
        ("timed", added(plain_timed)),
        ("counted", added(plain_counted)),
        ("in_progress", added(plain_in_progress)),
        ("track_query", added(plain_query)),
        ("track_cache", added(plain_cache)),
        ("track_model", added(plain_model)),
        ("track_task", added(plain_task)),
    ];
    for (attribute, added) in each {
        assert!(added <= LIMIT, "{attribute} adds {added} bytes: {each:?}");
    }
}

#[test]
fn attributes_on_one_function_share_what_they_add() {
    for (attributes, added) in [(2, added(two)), (3, added(three)), (7, added(seven))] {
        assert!(added <= LIMIT, "{attributes} add {added} bytes");
    }
}

#[test]
fn options_add_what_they_keep() {
    // One that stays async by an option which needs no place.
    let plain = added(on_condition);
    let beside = |added: usize| added.saturating_sub(plain);
    let each = [
        ("staying async", plain.saturating_sub(added(two)), 24),
        ("busy", beside(added(busy)), 16),
        ("age", beside(added(aged)), 8),
        // Where the series of its one instrument is.
        ("a label", beside(added(label_of_number)), 8),
        // That, and the list of the values that were evaluated at entry.
        ("a label of the value", beside(added(label_of_value)), 24),
        ("a label of the error", beside(added(label_of_error)), 24),
    ];
    for (option, added, most) in each {
        assert!(added <= most, "{option} adds {added} bytes: {each:?}");
    }
}

// The compiler keeps the place of a value that was borrowed until its scope ends,
// although it was moved.
#[test]
fn an_argument_that_a_label_borrows_takes_its_place_twice() {
    let twice = added(label_of_argument).saturating_sub(added(label_of_number));
    assert_eq!(twice, size_of::<Held>());
}

fn bare_stream() -> impl Stream<Item = u32> {
    Steps::of(0..3)
}

#[timed(stream, registry = REGISTRY)]
fn measured_stream() -> impl Stream<Item = u32> {
    Steps::of(0..3)
}

#[timed(stream, busy, registry = REGISTRY)]
fn busy_stream() -> impl Stream<Item = u32> {
    Steps::of(0..3)
}

async fn ready_future() {
    End::Return.wait().await;
}

#[timed]
fn returned() -> impl Future<Output = ()> {
    ready_future()
}

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

#[test]
fn a_stream_and_a_returned_future_add_their_accounting() {
    let bare = size_of_val(&bare_stream());
    // The call, how much was yielded, and whether the last item was an error.
    assert!(size_of_val(&measured_stream()) <= bare + 32);
    assert!(size_of_val(&busy_stream()) <= bare + 32 + 16);
    let bare = size_of_val(&ready_future());
    assert!(size_of_val(&returned()) <= bare + 24);
    let request: Boxed = Box::pin(ready_future());
    let bare = size_of_val(&request);
    assert!(size_of_val(&count_request_queries(request)) <= bare + 16);
}

#[test]
fn handles_are_small_enough_to_copy() {
    assert_eq!(size_of::<Counter>(), 16);
    assert_eq!(size_of::<Gauge>(), 4);
    assert_eq!(size_of::<InProgress>(), 4);
    assert_eq!(size_of::<Running>(), 4);
    assert_eq!(size_of::<Histogram>(), 16);
}

const fn is_send_and_sync<T: Send + Sync>() {}

const _: () = {
    is_send_and_sync::<Counter>();
    is_send_and_sync::<Gauge>();
    is_send_and_sync::<InProgress>();
    is_send_and_sync::<Running>();
    is_send_and_sync::<Histogram>();
};

fn is_send(future: impl Future + Send) {
    drop(future);
}

#[test]
fn measured_futures_stay_send() {
    let held = [0; 512];
    is_send(seven(held));
    is_send(busy(held));
    is_send(aged(held));
    is_send(label_of_argument(held));
    is_send(label_of_value(held));
    is_send(label_of_error(held));
    is_send(on_condition(held));
    is_send(returned());
    is_send(count_request_queries(seven(held)));
}
