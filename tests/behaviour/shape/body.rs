//! What a body may hold.

use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::{Registry, counted};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, cancel, check, check_async, counted, ready,
};

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
fn returning(end: End) -> Result<u32, Failure> {
    if end == End::Return {
        return end.reach();
    }
    for _ in 0.. {
        if end == End::Fail {
            return end.reach();
        }
        end.reach()?;
    }
    Err(Failure)
}

#[counted(registry = REGISTRY)]
async fn returning_async(end: End) -> Result<u32, Failure> {
    if end == End::Return {
        end.wait().await;
        return end.reach();
    }
    end.wait().await;
    if end == End::Fail {
        return Err(Failure);
    }
    return end.reach();
}

#[test]
fn an_early_return_is_counted() {
    check(&REGISTRY, "returning", returning);
    check_async(&REGISTRY, "returning_async", returning_async);
}

#[counted(registry = REGISTRY)]
fn asking(end: End) -> Result<u32, Failure> {
    let value = end.reach()?;
    Ok(value)
}

#[counted(registry = REGISTRY)]
async fn asking_async(end: End) -> Result<u32, Failure> {
    let waited = async {
        end.wait().await;
        end.reach()
    };
    let value = waited.await?;
    Ok(value)
}

#[test]
fn a_question_mark_is_counted_as_an_error() {
    check(&REGISTRY, "asking", asking);
    check_async(&REGISTRY, "asking_async", asking_async);
}

#[counted(registry = REGISTRY)]
fn asking_option(end: End) -> Option<u32> {
    let value = end.reach().ok()?;
    Some(value)
}

#[test]
fn none_is_ok() {
    assert_eq!(asking_option(End::Return), Some(VALUE));
    assert_eq!(asking_option(End::Fail), None);
    assert_panics(|| asking_option(End::Panic));
    let calls = Calls {
        ok: 2.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "asking_option"), calls);
}

#[counted(registry = REGISTRY)]
async fn recursive(depth: u32, end: End) -> Result<u32, Failure> {
    if depth == 0 {
        end.wait().await;
        return end.reach();
    }
    Box::pin(recursive(depth - 1, end)).await
}

#[test]
fn each_level_of_a_recursion_is_counted() {
    assert_eq!(ready(recursive(2, End::Return)), Ok(VALUE));
    assert_eq!(ready(recursive(1, End::Fail)), Err(Failure));
    assert_panics(|| ready(recursive(3, End::Panic)));
    cancel(recursive(4, End::Wait));
    let calls = Calls {
        ok: 3.0,
        error: 2.0,
        panic: 4.0,
        cancelled: 5.0,
    };
    assert_eq!(counted(&REGISTRY, "recursive"), calls);
}

#[counted(registry = REGISTRY)]
fn with_inner_attributes(end: End) -> Result<u32, Failure> {
    #![allow(unused_variables)]
    #![expect(clippy::let_and_return, reason = "an expectation must be met too")]
    let unused = 1;
    let value = end.reach();
    value
}

#[counted(registry = REGISTRY)]
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

#[counted(registry = REGISTRY)]
fn outer(end: End) -> Result<u32, Failure> {
    #[counted(registry = REGISTRY)]
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

/// Makes functions, whose parts come as fragments of every kind.
macro_rules! functions {
    ($visible:vis $plain:ident, $later:ident, $end:ident: $ending:ty => $returned:ty, $now:block, $then:block) => {
        #[counted(registry = REGISTRY)]
        $visible fn $plain($end: $ending) -> $returned $now

        #[counted(registry = REGISTRY)]
        $visible async fn $later($end: $ending) -> $returned $then
    };
}

functions!(
    pub(crate) made, made_async, end: End => Result<u32, Failure>,
    { end.reach() },
    { end.wait().await; end.reach() }
);

#[test]
fn a_function_made_by_a_macro_is_counted() {
    check(&REGISTRY, "made", made);
    check_async(&REGISTRY, "made_async", made_async);
}

/// The names that an expansion might use itself.
#[counted(registry = REGISTRY)]
async fn with_our_names(end: End) -> Result<u32, Failure> {
    let (__call, __future, __out, __done, __guard) = (1, 2, 3, 4, 5);
    static __SITE: AtomicU32 = AtomicU32::new(0);
    __SITE.store(
        __call + __future + __out + __done + __guard,
        Ordering::Relaxed,
    );
    end.wait().await;
    end.reach()
        .map(|value| value + __SITE.load(Ordering::Relaxed) - 15)
}

#[test]
fn names_in_a_body_do_not_meet_those_of_the_expansion() {
    check_async(&REGISTRY, "with_our_names", with_our_names);
}

/// What a closure around a body could change: captures by move, and when they
/// are dropped.
#[counted(registry = REGISTRY)]
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
