//! A function that is called until it has ended in every way, and what must be
//! on the page after each call.
//!
//! Functions under watch are `#[timed]`, `#[counted]` and `#[in_progress]`.

use metrics_runtime::Registry;

use crate::driver::{Calls, End, Failure, VALUE, assert_panics, polled_once, ready, seen};

/// A function and the calls of it so far.
pub(super) struct Watched {
    registry: &'static Registry,
    function: &'static str,
    calls: Calls,
}

impl Watched {
    /// A function that hasn't been called, and is on the page all the same.
    #[track_caller]
    pub(super) fn new(registry: &'static Registry, function: &'static str) -> Self {
        let watched = Self {
            registry,
            function,
            calls: Calls::NONE,
        };
        watched.compare();
        watched
    }

    /// A call that ends with a value that counts as one.
    #[track_caller]
    pub(super) fn ok<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let returned = self.looked_at(call);
        self.calls.ok += 1.0;
        self.compare();
        returned
    }

    /// A call that ends with a value that counts as an error.
    #[track_caller]
    pub(super) fn error<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let returned = self.looked_at(call);
        self.calls.error += 1.0;
        self.compare();
        returned
    }

    /// A call that panics as [`End::reach`] does.
    #[track_caller]
    pub(super) fn panics<R>(&mut self, call: impl FnOnce() -> R) {
        self.looked_at(|| assert_panics(call));
        self.calls.panic += 1.0;
        self.compare();
    }

    /// A call that is dropped while it waits.
    #[track_caller]
    pub(super) fn cancelled<F: Future>(&mut self, call: F) {
        polled_once(call, || {
            let running = running(self.registry, self.function);
            assert!(running >= 1.0, "{} waits, so it runs", self.function);
        });
        self.calls.cancelled += 1.0;
        self.compare();
    }

    /// A call that is dropped before it began.
    #[track_caller]
    pub(super) fn forgotten<F>(&self, call: F) {
        drop(call);
        self.compare();
    }

    /// A call during which the body must find itself running.
    #[track_caller]
    fn looked_at<R>(&self, call: impl FnOnce() -> R) -> R {
        let (registry, function) = (self.registry, self.function);
        let (returned, during) = seen(move || running(registry, function), call);
        let during = during.expect("the body reaches its end");
        assert!(during >= 1.0, "{function} runs");
        returned
    }

    /// All three families say the same.
    #[track_caller]
    fn compare(&self) {
        let function = self.function;
        let lines = lines(self.registry, function);
        let calls = |family| {
            let ended = |outcome| value(&lines, family, &format!("outcome=\"{outcome}\""));
            Calls {
                ok: ended("ok").unwrap_or(0.0),
                error: ended("error").unwrap_or(0.0),
                panic: ended("panic").unwrap_or(0.0),
                cancelled: ended("cancelled").unwrap_or(0.0),
            }
        };
        let counted = calls("function_calls_total{");
        let timed = calls("function_duration_seconds_count{");
        let running = value(&lines, IN_PROGRESS, "");
        assert_eq!(counted, self.calls, "{function} is counted");
        assert_eq!(timed, self.calls, "{function} is timed");
        assert_eq!(running, Some(0.0), "{function} runs no more");
    }
}

const IN_PROGRESS: &str = "function_calls_in_progress{";

/// How many calls of a function are on the page as running.
fn running(registry: &Registry, function: &str) -> f64 {
    value(&lines(registry, function), IN_PROGRESS, "").unwrap_or(0.0)
}

/// The lines of a page that are about a function. There are so many pages here
/// that they aren't parsed as a whole.
fn lines(registry: &Registry, function: &str) -> Vec<String> {
    let label = format!("{{function=\"{function}\",");
    let page = registry.to_text();
    let lines = page.lines().filter(|line| line.contains(&label));
    lines.map(str::to_owned).collect()
}

/// The value of a function's one series with this label.
fn value(lines: &[String], family: &str, label: &str) -> Option<f64> {
    let mut lines = lines
        .iter()
        .filter(|line| line.starts_with(family) && line.contains(label));
    let line = lines.next()?;
    assert!(lines.next().is_none(), "{line} is one of several");
    let (_, value) = line.rsplit_once(' ')?;
    Some(value.parse().expect("the value is a number"))
}

/// A function that fails when it is told to.
#[track_caller]
pub(super) fn check(
    registry: &'static Registry,
    function: &'static str,
    call: impl Fn(End) -> Result<u32, Failure>,
) {
    let mut watched = Watched::new(registry, function);
    assert_eq!(watched.ok(|| call(End::Return)), Ok(VALUE));
    assert_eq!(watched.error(|| call(End::Fail)), Err(Failure));
    watched.panics(|| call(End::Panic));
}

/// As [`check`], for a function whose call is a future.
#[track_caller]
pub(super) fn check_async<F>(
    registry: &'static Registry,
    function: &'static str,
    call: impl Fn(End) -> F,
) where
    F: Future<Output = Result<u32, Failure>>,
{
    let mut watched = Watched::new(registry, function);
    watched.forgotten(call(End::Return));
    assert_eq!(watched.ok(|| ready(call(End::Return))), Ok(VALUE));
    assert_eq!(watched.error(|| ready(call(End::Fail))), Err(Failure));
    watched.panics(|| ready(call(End::Panic)));
    watched.cancelled(call(End::Wait));
}

/// A function that can't fail.
#[track_caller]
pub(super) fn check_sure(
    registry: &'static Registry,
    function: &'static str,
    call: impl Fn(End) -> u32,
) {
    let mut watched = Watched::new(registry, function);
    assert_eq!(watched.ok(|| call(End::Return)), VALUE);
    watched.panics(|| call(End::Panic));
}

/// As [`check_sure`], for a function whose call is a future.
#[track_caller]
pub(super) fn check_sure_async<F>(
    registry: &'static Registry,
    function: &'static str,
    call: impl Fn(End) -> F,
) where
    F: Future<Output = u32>,
{
    let mut watched = Watched::new(registry, function);
    watched.forgotten(call(End::Return));
    assert_eq!(watched.ok(|| ready(call(End::Return))), VALUE);
    watched.panics(|| ready(call(End::Panic)));
    watched.cancelled(call(End::Wait));
}
