//! What a body may hold.

#![expect(
    clippy::let_and_return,
    reason = "bodies that are odd in one way each are what is tested"
)]

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async, check_sure};
use crate::driver::{Calls, End, Failure, VALUE, assert_panics, cancel, counted, ready};

static REGISTRY: Registry = Registry::new();

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn recursive(depth: u32, end: End) -> Result<u32, Failure> {
    if depth == 0 {
        return end.reach();
    }
    recursive(depth - 1, end)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn recursive_async(depth: u32, end: End) -> Result<u32, Failure> {
    if depth == 0 {
        end.wait().await;
        return end.reach();
    }
    Box::pin(recursive_async(depth - 1, end)).await
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn recursive_boxed(depth: u32, end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>>>> {
    Box::pin(async move {
        if depth == 0 {
            end.wait().await;
            return end.reach();
        }
        recursive_boxed(depth - 1, end).await
    })
}

#[test]
fn each_level_of_a_recursion_is_counted() {
    check(&REGISTRY, "recursive", |end| recursive(0, end));
    assert_eq!(recursive(2, End::Return), Ok(VALUE));
    assert_eq!(recursive(1, End::Fail), Err(Failure));
    assert_panics(|| recursive(3, End::Panic));
    let calls = Calls {
        ok: 4.0,
        error: 3.0,
        panic: 5.0,
        cancelled: 0.0,
    };
    assert_eq!(counted(&REGISTRY, "recursive"), calls);
}

#[test]
fn each_level_of_an_async_recursion_is_counted() {
    check_async(&REGISTRY, "recursive_async", |end| recursive_async(0, end));
    check_async(&REGISTRY, "recursive_boxed", |end| recursive_boxed(0, end));
    assert_eq!(ready(recursive_async(2, End::Return)), Ok(VALUE));
    assert_eq!(ready(recursive_boxed(2, End::Return)), Ok(VALUE));
    assert_eq!(ready(recursive_async(1, End::Fail)), Err(Failure));
    assert_eq!(ready(recursive_boxed(1, End::Fail)), Err(Failure));
    assert_panics(|| ready(recursive_async(3, End::Panic)));
    assert_panics(|| ready(recursive_boxed(3, End::Panic)));
    cancel(recursive_async(4, End::Wait));
    cancel(recursive_boxed(4, End::Wait));
    let calls = Calls {
        ok: 4.0,
        error: 3.0,
        panic: 5.0,
        cancelled: 6.0,
    };
    assert_eq!(counted(&REGISTRY, "recursive_async"), calls);
    assert_eq!(counted(&REGISTRY, "recursive_boxed"), calls);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn with_inner_attributes(end: End) -> Result<u32, Failure> {
    #![allow(unused_variables)]
    #![expect(clippy::let_and_return, reason = "an expectation must be met too")]
    let unused = 1;
    let value = end.reach();
    value
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn with_inner_attributes_async(end: End) -> Result<u32, Failure> {
    #![allow(unused_variables)]
    let unused = 1;
    end.wait().await;
    end.reach()
}

#[test]
fn a_body_may_start_with_attributes() {
    check(&REGISTRY, "with_inner_attributes", with_inner_attributes);
    check_async(
        &REGISTRY,
        "with_inner_attributes_async",
        with_inner_attributes_async,
    );
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn outer(end: End) -> Result<u32, Failure> {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn inner(end: End) -> Result<u32, Failure> {
        end.reach()
    }
    inner(end)
}

#[test]
fn a_function_and_the_one_within_are_counted_apart() {
    check(&REGISTRY, "outer", outer);
    assert_eq!(counted(&REGISTRY, "inner"), Calls::EACH);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn outer_async(end: End) -> Result<u32, Failure> {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn inner_async(end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
    let block = async move { inner_async(end).await };
    let closure = async |value: u32| Ok(value);
    closure(block.await?).await
}

#[test]
fn an_async_function_and_the_one_within_are_counted_apart() {
    check_async(&REGISTRY, "outer_async", outer_async);
    assert_eq!(counted(&REGISTRY, "inner_async"), Calls::EACH_ASYNC);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn with_items(end: End) -> Result<u32, Failure> {
    use std::convert::identity as same;
    const OFFSET: u32 = 1;
    static LOOKED_AT: AtomicU32 = AtomicU32::new(0);
    struct Local(u32);
    impl Local {
        fn value(&self) -> u32 {
            self.0 - OFFSET
        }
    }
    macro_rules! ended {
        () => {
            end.reach()?
        };
    }
    LOOKED_AT.fetch_add(1, Ordering::Relaxed);
    let _ = end.reach()?;
    Ok(Local(same(ended!()) + OFFSET).value())
}

#[test]
fn a_body_may_hold_items() {
    check(&REGISTRY, "with_items", with_items);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn writing(out: &mut u32, end: End) -> Result<(), Failure> {
    *out = end.reach()?;
    Ok(())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn writing_async(out: &mut u32, end: End) -> Result<(), Failure> {
    end.wait().await;
    *out = end.reach()?;
    Ok(())
}

#[test]
fn a_body_may_write_through_an_argument() {
    check(&REGISTRY, "writing", |end| {
        let mut out = 0;
        writing(&mut out, end).map(|()| out)
    });
    check_async(&REGISTRY, "writing_async", |end| async move {
        let mut out = 0;
        writing_async(&mut out, end).await?;
        Ok(out)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn shadowing(end: End, value: u32) -> u32 {
    let end = end.reach().map(|_| value);
    let value = end.unwrap_or(0);
    value
}

#[test]
fn a_body_may_shadow_its_arguments() {
    check_sure(&REGISTRY, "shadowing", |end| shadowing(end, VALUE));
}

#[expect(dead_code, reason = "what the attribute adds is no use of a function")]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn unused() {}

#[expect(dead_code, reason = "as above")]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn unused_async() {}

#[test]
fn a_function_that_nothing_calls_is_on_the_page_and_dead() {
    let _ = Watched::new(&REGISTRY, "unused");
    let _ = Watched::new(&REGISTRY, "unused_async");
}

/// The names that an expansion might use itself.
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn with_our_names(__call: u32, __item: u32, end: End) -> Result<u32, Failure> {
    let (__future, __out, __done, __guard) = (2, 3, 4, 5);
    static __SITE: AtomicU32 = AtomicU32::new(0);
    __SITE.store(
        __call + __future + __out + __done + __guard + __item,
        Ordering::Relaxed,
    );
    end.wait().await;
    end.reach()
        .map(|value| value + __SITE.load(Ordering::Relaxed) - 21)
}

#[test]
fn names_in_a_body_do_not_meet_those_of_the_expansion() {
    check_async(&REGISTRY, "with_our_names", |end| with_our_names(1, 6, end));
}

/// What a closure around a body could change: captures by move, and when they
/// are dropped.
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn consuming(text: String, drops: Noted<'_>, end: End) -> Result<u32, Failure> {
    let _ = &drops;
    let bytes = text.into_bytes();
    end.reach()?;
    Ok(u32::try_from(bytes.len()).expect("a short text"))
}

struct Noted<'a>(&'a AtomicU32);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn arguments_are_dropped_once() {
    let drops = AtomicU32::new(0);
    check(&REGISTRY, "consuming", |end| {
        consuming("seven..".to_owned(), Noted(&drops), end)
    });
    assert_eq!(drops.into_inner(), 3);
}
