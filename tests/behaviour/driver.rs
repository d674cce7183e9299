//! Calls that end as they are told to, and what they leave on the page.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, panic_any, set_hook, take_hook};
use std::path::Path;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Once;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use integration_tests::page::Page;
use metrics_runtime::Registry;

/// How a call is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Return,
    Fail,
    Panic,
    /// It never does; only async calls can.
    Wait,
}

/// What a call returns in the end.
pub(crate) const VALUE: u32 = 7;

/// What a call fails with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, metrics_runtime::ErrorLabel)]
pub(crate) struct Failure;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed on purpose")
    }
}

impl std::error::Error for Failure {}

/// What a call panics with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OnPurpose;

impl End {
    /// Ends like this; a panic's location is the caller's.
    #[track_caller]
    pub(crate) fn reach(self) -> Result<u32, Failure> {
        look();
        match self {
            Self::Return | Self::Wait => Ok(VALUE),
            Self::Fail => Err(Failure),
            Self::Panic => panic_any(OnPurpose),
        }
    }

    /// Suspends once, or for ever.
    pub(crate) async fn wait(self) {
        if self == Self::Wait {
            pending::<()>().await;
        }
        let mut suspended = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut suspended, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Calls by outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Calls {
    pub(crate) ok: f64,
    pub(crate) error: f64,
    pub(crate) panic: f64,
    pub(crate) cancelled: f64,
}

impl Calls {
    pub(crate) const NONE: Self = Self {
        ok: 0.0,
        error: 0.0,
        panic: 0.0,
        cancelled: 0.0,
    };

    /// One call that went well.
    pub(crate) const OK: Self = Self {
        ok: 1.0,
        ..Self::NONE
    };

    /// One call of each outcome that a call which isn't async can have.
    pub(crate) const EACH: Self = Self {
        error: 1.0,
        panic: 1.0,
        ..Self::OK
    };

    /// One call of each outcome.
    pub(crate) const EACH_ASYNC: Self = Self {
        cancelled: 1.0,
        ..Self::EACH
    };
}

/// The page of a registry, which must be a valid one.
#[track_caller]
pub(crate) fn page(registry: &Registry) -> Page {
    Page::parse(registry.to_text()).expect("the page is valid")
}

/// The values of `name` with these labels, by outcome.
#[track_caller]
pub(crate) fn by_outcome(registry: &Registry, name: &str, labels: &[(&str, &str)]) -> Calls {
    let page = page(registry);
    let with = |outcome| {
        let labels: Vec<_> = labels
            .iter()
            .copied()
            .chain([("outcome", outcome)])
            .collect();
        page.sum(name, &labels).unwrap_or(0.0)
    };
    Calls {
        ok: with("ok"),
        error: with("error"),
        panic: with("panic"),
        cancelled: with("cancelled"),
    }
}

/// What `#[counted]` recorded of a function.
#[track_caller]
pub(crate) fn counted(registry: &Registry, function: &str) -> Calls {
    by_outcome(registry, "function_calls_total", &[("function", function)])
}

/// How often `#[timed]` observed a function.
#[track_caller]
pub(crate) fn timed(registry: &Registry, function: &str) -> Calls {
    let name = "function_duration_seconds_count";
    by_outcome(registry, name, &[("function", function)])
}

/// Calls a function with every end it can have: it must do what it is told,
/// and each call must be counted once.
#[track_caller]
pub(crate) fn check(
    registry: &Registry,
    function: &str,
    call: impl Fn(End) -> Result<u32, Failure>,
) {
    assert_eq!(counted(registry, function), Calls::NONE);
    assert_eq!(call(End::Return), Ok(VALUE));
    assert_eq!(counted(registry, function), Calls::OK);
    assert_eq!(call(End::Fail), Err(Failure));
    assert_panics(|| call(End::Panic));
    assert_eq!(counted(registry, function), Calls::EACH);
}

/// As [`check`], for a function whose call is a future.
#[track_caller]
pub(crate) fn check_async<F>(registry: &Registry, function: &str, call: impl Fn(End) -> F)
where
    F: Future<Output = Result<u32, Failure>>,
{
    drop(call(End::Return));
    assert_eq!(counted(registry, function), Calls::NONE, "never polled");
    assert_eq!(ready(call(End::Return)), Ok(VALUE));
    assert_eq!(counted(registry, function), Calls::OK);
    assert_eq!(ready(call(End::Fail)), Err(Failure));
    assert_panics(|| ready(call(End::Panic)));
    assert_eq!(counted(registry, function), Calls::EACH);
    cancel(call(End::Wait));
    assert_eq!(counted(registry, function), Calls::EACH_ASYNC);
}

/// Polls a future to its end.
#[track_caller]
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future is still pending");
}

/// Polls a future, which must suspend, and drops it.
#[track_caller]
pub(crate) fn cancel<F: Future>(future: F) {
    polled_once(future, || {});
}

/// As [`cancel`], with a look at what is suspended.
#[track_caller]
pub(crate) fn polled_once<F: Future>(future: F, look: impl FnOnce()) {
    let mut future = pin!(future);
    suspend(future.as_mut());
    look();
}

/// Polls a future, which must suspend.
#[track_caller]
pub(crate) fn suspend<F: Future + ?Sized>(future: Pin<&mut F>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.poll(&mut context).is_pending());
}

/// Waits on the processor until so much time has passed: nothing but a clock
/// that stands still can keep it for longer.
pub(crate) fn spin(duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration {
        std::hint::spin_loop();
    }
}

type Look = Rc<dyn Fn() -> f64>;

thread_local! {
    /// What looks on from within a body.
    static LOOK: RefCell<Option<Look>> = const { RefCell::new(None) };
    /// What it saw last.
    static SEEN: Cell<Option<f64>> = const { Cell::new(None) };
}

fn look() {
    let look = LOOK.with_borrow(Clone::clone);
    if let Some(look) = look {
        SEEN.set(Some(look()));
    }
}

/// Looks on as often as a body of `call` reaches its end; gives what was seen
/// last.
pub(crate) fn seen<R>(
    look: impl Fn() -> f64 + 'static,
    call: impl FnOnce() -> R,
) -> (R, Option<f64>) {
    SEEN.set(None);
    LOOK.set(Some(Rc::new(look)));
    let returned = call();
    LOOK.set(None);
    (returned, SEEN.take())
}

/// Where a panic came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static ORIGIN: RefCell<Option<Origin>> = const { RefCell::new(None) };
}

/// Catches the panic of a call, which must be one.
#[track_caller]
pub(crate) fn caught<R>(call: impl FnOnce() -> R) -> (Box<dyn Any + Send>, Origin) {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if CATCHING.get() {
                keep_origin(info);
            } else {
                before(info);
            }
        }));
    });
    CATCHING.set(true);
    let ended = catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(false);
    let Err(payload) = ended else {
        panic!("the call should have panicked");
    };
    let origin = ORIGIN.take().expect("the hook ran");
    (payload, origin)
}

fn keep_origin(info: &PanicHookInfo<'_>) {
    let origin = info.location().map(|location| Origin {
        file: location.file().to_owned(),
        line: location.line(),
        column: location.column(),
    });
    ORIGIN.set(origin);
}

/// The call must panic with what [`End::reach`] panics with, and where the
/// source of the body calls it.
#[track_caller]
pub(crate) fn assert_panics<R>(call: impl FnOnce() -> R) {
    let (payload, origin) = caught(call);
    assert_eq!(payload.downcast_ref(), Some(&OnPurpose));
    let text = source_at(&origin);
    assert!(text.starts_with("reach("), "{origin:?} is at `{text}`");
}

/// The rest of the line of source that a panic came from.
#[track_caller]
fn source_at(origin: &Origin) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = std::fs::read_to_string(root.join(&origin.file)).expect("the file is there");
    let index = |number: u32| usize::try_from(number).expect("a small number") - 1;
    let line = source
        .lines()
        .nth(index(origin.line))
        .expect("the line is there");
    line.chars().skip(index(origin.column)).collect()
}
