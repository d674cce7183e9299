//! What a returned value says about a call.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Waker};

use metrics_runtime::{Classify, Outcome, Registry, counted};

use crate::driver::{
    Calls, End, Failure, assert_panics, cancel, caught, check, check_async, counted, ready,
};

static REGISTRY: Registry = Registry::new();

type Ended<T = u32> = Result<T, Failure>;

#[counted(registry = REGISTRY)]
fn of_io(end: End) -> io::Result<u32> {
    end.reach().map_err(io::Error::other)
}

#[counted(registry = REGISTRY)]
async fn of_io_async(end: End) -> io::Result<u32> {
    end.wait().await;
    end.reach().map_err(io::Error::other)
}

#[counted(registry = REGISTRY)]
fn of_anyhow(end: End) -> anyhow::Result<u32> {
    Ok(end.reach()?)
}

#[counted(registry = REGISTRY)]
async fn of_anyhow_async(end: End) -> anyhow::Result<u32> {
    end.wait().await;
    Ok(end.reach()?)
}

#[counted(registry = REGISTRY)]
fn of_own_alias(end: End) -> Ended {
    end.reach()
}

#[test]
fn results_are_told_apart_under_any_name() {
    check(&REGISTRY, "of_io", |end| of_io(end).map_err(|_| Failure));
    check(&REGISTRY, "of_anyhow", |end| {
        of_anyhow(end).map_err(|_| Failure)
    });
    check(&REGISTRY, "of_own_alias", of_own_alias);
    check_async(&REGISTRY, "of_io_async", |end| async move {
        of_io_async(end).await.map_err(|_| Failure)
    });
    check_async(&REGISTRY, "of_anyhow_async", |end| async move {
        of_anyhow_async(end).await.map_err(|_| Failure)
    });
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Accepted(u32),
    Refused,
}

impl Classify for Verdict {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted(_) => Outcome::Ok,
            Self::Refused => Outcome::Error,
        }
    }
}

impl From<Verdict> for Ended {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted(value) => Ok(value),
            Verdict::Refused => Err(Failure),
        }
    }
}

#[counted(registry = REGISTRY)]
fn judge(end: End) -> Verdict {
    end.reach().map_or(Verdict::Refused, Verdict::Accepted)
}

#[counted(registry = REGISTRY)]
async fn judge_async(end: End) -> Verdict {
    end.wait().await;
    end.reach().map_or(Verdict::Refused, Verdict::Accepted)
}

#[counted(registry = REGISTRY)]
fn judge_in_ok(end: End) -> Result<Verdict, u8> {
    Ok(end.reach().map_or(Verdict::Refused, Verdict::Accepted))
}

#[test]
fn an_own_type_decides_for_itself() {
    check(&REGISTRY, "judge", |end| judge(end).into());
    check_async(&REGISTRY, "judge_async", |end| async move {
        judge_async(end).await.into()
    });
    check(&REGISTRY, "judge_in_ok", |end| {
        judge_in_ok(end)
            .expect("it is never an error itself")
            .into()
    });
}

#[counted(registry = REGISTRY)]
fn nothing(end: End) {
    let _ = end.reach();
}

#[test]
fn a_value_that_is_no_result_is_ok() {
    nothing(End::Return);
    nothing(End::Fail);
    assert_panics(|| nothing(End::Panic));
    let calls = Calls {
        ok: 2.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "nothing"), calls);
}

#[counted(registry = REGISTRY)]
async fn patient(end: End) -> Ended {
    end.wait().await;
    end.reach()
}

// Fails when a suspended future asks `thread::panicking()` as it is dropped.
#[test]
fn a_future_dropped_while_its_owner_unwinds_is_cancelled() {
    let (payload, _) = caught(|| {
        let mut owned = Box::pin(patient(End::Wait));
        let mut context = Context::from_waker(Waker::noop());
        assert!(owned.as_mut().poll(&mut context).is_pending());
        std::panic::panic_any("the owner");
    });
    assert_eq!(payload.downcast_ref(), Some(&"the owner"));
    let calls = Calls {
        cancelled: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "patient"), calls);
}

struct CallsWhenDropped(fn(End) -> Ended, End);

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        let _ = (self.0)(self.1);
    }
}

#[counted(registry = REGISTRY)]
fn clean_up(end: End) -> Ended {
    end.reach()
}

#[counted(registry = REGISTRY)]
#[track_caller]
fn clean_up_in_place(end: End) -> Ended {
    end.reach()
}

// Fails when `PlainGuard` forgets that it was made while unwinding.
#[test]
fn a_call_while_unwinding_counts_as_it_ends() {
    caught(|| {
        let _first = CallsWhenDropped(clean_up, End::Return);
        let _second = CallsWhenDropped(clean_up, End::Fail);
        let _third = CallsWhenDropped(clean_up_in_place, End::Return);
        std::panic::panic_any("the owner");
    });
    let calls = Calls {
        error: 1.0,
        ..Calls::OK
    };
    assert_eq!(counted(&REGISTRY, "clean_up"), calls);
    assert_eq!(counted(&REGISTRY, "clean_up_in_place"), Calls::OK);
}

#[counted(registry = REGISTRY)]
async fn contained(end: End) -> Ended {
    let inner = catch_unwind(AssertUnwindSafe(|| end.reach()));
    end.wait().await;
    inner.unwrap_or(Err(Failure))
}

#[test]
fn a_panic_that_the_body_catches_is_none_of_the_calls() {
    let (payload, _) = caught(|| {
        assert_eq!(ready(contained(End::Panic)), Err(Failure));
        std::panic::panic_any("after the call");
    });
    assert_eq!(payload.downcast_ref(), Some(&"after the call"));
    let calls = Calls {
        error: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "contained"), calls);
}

struct Fragile;

impl Classify for Fragile {
    fn outcome(&self) -> Outcome {
        std::panic::panic_any("no outcome")
    }
}

#[counted(registry = REGISTRY)]
fn fragile() -> Fragile {
    Fragile
}

#[counted(registry = REGISTRY)]
async fn fragile_async() -> Fragile {
    End::Return.wait().await;
    Fragile
}

#[counted(registry = REGISTRY)]
fn fragile_boxed() -> Pin<Box<dyn Future<Output = Fragile>>> {
    Box::pin(async move { fragile_async().await })
}

#[test]
fn a_panic_while_the_value_is_looked_at_is_the_calls() {
    let panicked = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    caught(fragile);
    assert_eq!(counted(&REGISTRY, "fragile"), panicked);
    caught(|| ready(fragile_async()));
    assert_eq!(counted(&REGISTRY, "fragile_async"), panicked);
    caught(|| ready(fragile_boxed()));
    assert_eq!(counted(&REGISTRY, "fragile_boxed"), panicked);
}

#[tokio::test]
async fn an_aborted_task_is_cancelled() {
    #[counted(registry = REGISTRY)]
    async fn aborted(end: End) -> Ended {
        end.wait().await;
        end.reach()
    }

    let task = tokio::spawn(aborted(End::Wait));
    // The runtime has one thread: the task runs until it waits.
    tokio::task::yield_now().await;
    task.abort();
    assert!(task.await.expect_err("it was aborted").is_cancelled());
    cancel(aborted(End::Wait));
    let calls = Calls {
        cancelled: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "aborted"), calls);
}
