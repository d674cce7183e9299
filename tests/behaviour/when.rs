//! `when`: calls that are left out.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::{Registry, counted, in_progress, timed, track_cache};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, page, ready, suspend,
};

static REGISTRY: Registry = Registry::new();

#[track_caller]
fn calls(function: &str) -> Calls {
    crate::driver::counted(&REGISTRY, function)
}

#[track_caller]
fn running(function: &str) -> Option<f64> {
    let labels = [("function", function), ("module", module_path!())];
    page(&REGISTRY).value("function_calls_in_progress", &labels)
}

/// Counts how often it is asked, and says what it is told to.
struct Asked(AtomicU32);

impl Asked {
    const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    fn say(&self, word: bool) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        word
    }

    fn times(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

static WHEN: Asked = Asked::new();
static LABEL: Asked = Asked::new();

#[timed(when = WHEN.say(wanted), registry = REGISTRY)]
#[counted(
    name = "wanted_total",
    when = WHEN.say(wanted),
    labels(asked = LABEL.say(wanted))
)]
#[in_progress(when = WHEN.say(wanted))]
fn all_three(wanted: bool, end: End) -> Result<u32, Failure> {
    let expected = if wanted { 1.0 } else { 0.0 };
    assert_eq!(running("all_three"), Some(expected));
    end.reach()
}

// Mutation: labels are evaluated before `when`.
#[test]
fn a_call_that_is_left_out_records_nothing_and_evaluates_no_label() {
    for end in [End::Return, End::Fail] {
        let _ = all_three(false, end);
    }
    assert_panics(|| all_three(false, End::Panic));
    assert_eq!((WHEN.times(), LABEL.times()), (3, 0));
    let timed = || crate::driver::timed(&REGISTRY, "all_three");
    assert_eq!(timed(), Calls::NONE);
    assert_eq!(page(&REGISTRY).sum("wanted_total", &[]), None);

    let _ = all_three(true, End::Fail);
    assert_eq!(all_three(true, End::Return), Ok(VALUE));
    assert_panics(|| all_three(true, End::Panic));
    assert_eq!((WHEN.times(), LABEL.times()), (6, 3), "once for each call");
    assert_eq!(timed(), Calls::EACH);
    let counted = by_outcome(&REGISTRY, "wanted_total", &[("asked", "true")]);
    assert_eq!(counted, Calls::EACH);
    assert_eq!(running("all_three"), Some(0.0));
}

static POLLED: Asked = Asked::new();

#[counted(when = POLLED.say(wanted), registry = REGISTRY)]
async fn later(wanted: bool, end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn an_async_call_is_asked_once_at_its_first_poll() {
    let mut call = pin!(later(true, End::Return));
    drop(later(true, End::Return));
    assert_eq!(POLLED.times(), 0);
    suspend(call.as_mut());
    assert_eq!(POLLED.times(), 1);
    assert_eq!(ready(call), Ok(VALUE));
    assert_eq!(POLLED.times(), 1);
    assert_eq!(calls("later"), Calls::OK);
    assert_eq!(ready(later(false, End::Return)), Ok(VALUE));
    assert_eq!(ready(later(false, End::Fail)), Err(Failure));
    assert_panics(|| ready(later(false, End::Panic)));
    cancel(later(false, End::Wait));
    assert_eq!((POLLED.times(), calls("later")), (5, Calls::OK));
}

static MADE: Asked = Asked::new();

#[counted(when = MADE.say(wanted), registry = REGISTRY)]
#[in_progress(when = MADE.say(wanted))]
fn returned(wanted: bool, end: End) -> impl Future<Output = Result<u32, Failure>> {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[counted(when = MADE.say(wanted), registry = REGISTRY)]
#[in_progress(when = MADE.say(wanted))]
fn boxed(wanted: bool, end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move {
        end.wait().await;
        end.reach()
    })
}

#[test]
fn a_returned_future_is_asked_for_when_it_is_made() {
    fn check<F>(function: &str, call: impl Fn(bool, End) -> F)
    where
        F: Future<Output = Result<u32, Failure>>,
    {
        let before = MADE.times();
        let mut future = Box::pin(call(false, End::Return));
        assert_eq!(MADE.times(), before + 1);
        suspend(future.as_mut());
        assert_eq!(running(function), Some(0.0));
        assert_eq!(ready(future), Ok(VALUE));
        cancel(call(false, End::Wait));
        assert_eq!(calls(function), Calls::NONE);
        assert_eq!(ready(call(true, End::Return)), Ok(VALUE));
        assert_eq!(calls(function), Calls::OK);
        assert_eq!(MADE.times(), before + 3);
    }
    check("returned", returned);
    check("boxed", boxed);
}

#[counted(when = !text.is_empty(), registry = REGISTRY)]
fn moves(text: String) -> Vec<u8> {
    text.into_bytes()
}

#[counted(when = !text.is_empty(), registry = REGISTRY)]
async fn moves_later(text: String) -> Vec<u8> {
    End::Return.wait().await;
    text.into_bytes()
}

#[test]
fn the_condition_borrows_what_the_body_moves() {
    assert_eq!(moves(String::new()), b"");
    assert_eq!(moves("a".to_owned()), b"a");
    assert_eq!(calls("moves"), Calls::OK);
    assert_eq!(ready(moves_later(String::new())), b"");
    assert_eq!(ready(moves_later("a".to_owned())), b"a");
    assert_eq!(calls("moves_later"), Calls::OK);
}

struct Cache {
    on: bool,
}

#[track_cache(cache = "switched", when = self.on, registry = REGISTRY)]
impl Cache {
    #[track_cache(get)]
    fn get(&self, key: u8) -> Option<u8> {
        (key > 0).then_some(key)
    }

    #[track_cache(get, when = key != 1)]
    fn get_others(&self, key: u8) -> Option<u8> {
        self.on.then_some(key)
    }
}

#[test]
fn a_block_gives_its_methods_a_condition_that_they_may_replace() {
    let hits = || page(&REGISTRY).value("cache_hits_total", &[("cache", "switched")]);
    let (on, off) = (Cache { on: true }, Cache { on: false });
    assert_eq!((off.get(1), on.get(1)), (Some(1), Some(1)));
    assert_eq!(hits(), Some(1.0));
    assert_eq!((on.get_others(1), on.get_others(2)), (Some(1), Some(2)));
    assert_eq!(hits(), Some(2.0));
}

fn refuse(_: u8) -> bool {
    std::panic::panic_any("no condition")
}

#[counted(when = refuse(number), registry = REGISTRY)]
fn panicking(number: u8) -> u8 {
    number
}

#[test]
fn a_panic_of_the_condition_is_the_callers_and_nothing_is_recorded() {
    let (payload, _) = caught(|| panicking(1));
    assert_eq!(payload.downcast_ref(), Some(&"no condition"));
    assert_eq!(calls("panicking"), Calls::NONE);
}

#[timed(
    name = "sampled_seconds",
    sample = 1,
    when = number > 0,
    labels(number = number),
    registry = REGISTRY
)]
fn sampled(number: u8) {}

#[test]
fn a_call_that_is_left_out_is_none_of_the_sample() {
    sampled(0);
    sampled(1);
    assert_eq!(calls("sampled"), Calls::OK);
    let timed = by_outcome(&REGISTRY, "sampled_seconds_count", &[]);
    assert_eq!(timed, Calls::OK);
}
