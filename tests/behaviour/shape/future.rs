//! Functions that return futures or other opaque values.

use std::fmt::Debug;
use std::pin::Pin;

use metrics_runtime::{Registry, counted};

use crate::driver::{Calls, End, Failure, VALUE, assert_panics, check, check_async, counted};

static REGISTRY: Registry = Registry::new();

type Ended = Result<u32, Failure>;

#[counted(registry = REGISTRY)]
fn boxed_at_the_tail(end: End) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    let offset = 1;
    Box::pin(async move {
        end.wait().await;
        let value = end.reach()?;
        Ok(value + offset - 1)
    })
}

#[test]
fn a_boxed_future_at_the_tail_is_counted_by_its_end() {
    check_async(&REGISTRY, "boxed_at_the_tail", boxed_at_the_tail);
}

#[expect(clippy::let_and_return, reason = "the box must not be the tail")]
#[counted(registry = REGISTRY)]
fn boxed_before<'a>(end: &'a End) -> Pin<Box<dyn Future<Output = Ended> + 'a>> {
    let boxed = Box::pin(async move {
        end.wait().await;
        end.reach()
    });
    boxed
}

#[test]
fn a_boxed_future_before_the_tail_is_counted_by_its_end() {
    check_async(&REGISTRY, "boxed_before", |end| async move {
        boxed_before(&end).await
    });
    drop(boxed_before(&End::Return));
    assert_eq!(counted(&REGISTRY, "boxed_before"), Calls::EACH_ASYNC);
}

#[counted(registry = REGISTRY)]
fn boxed_early(end: End) -> Pin<Box<dyn Future<Output = Ended>>> {
    if end == End::Fail {
        return Box::pin(async move { end.reach() });
    }
    Box::pin(async move {
        end.wait().await;
        end.reach()
    })
}

// Fails when a body with a `return` before its tail is measured at the tail.
#[test]
fn a_boxed_future_that_is_returned_early_is_counted_too() {
    check_async(&REGISTRY, "boxed_early", boxed_early);
}

#[counted(registry = REGISTRY)]
fn opaque_future(end: End) -> impl Future<Output = Ended> + Send {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[expect(clippy::let_and_return, reason = "the block must not be the tail")]
#[counted(registry = REGISTRY)]
fn opaque_future_of_a_borrow(end: &End) -> impl Future<Output = Ended> {
    let end = *end;
    let future = async move {
        end.wait().await;
        end.reach()
    };
    future
}

#[test]
fn an_opaque_future_is_counted_by_its_end() {
    check_async(&REGISTRY, "opaque_future", opaque_future);
    check_async(&REGISTRY, "opaque_future_of_a_borrow", |end| async move {
        opaque_future_of_a_borrow(&end).await
    });
}

macro_rules! typed {
    ($name:ident, $end:ident, $returned:ty, $body:block) => {
        #[counted(registry = REGISTRY)]
        fn $name($end: End) -> $returned $body
    };
}

typed!(
    boxed_by_a_macro,
    end,
    Pin<Box<dyn Future<Output = Ended>>>,
    {
        Box::pin(async move {
            end.wait().await;
            end.reach()
        })
    }
);

#[test]
fn a_boxed_future_whose_type_is_a_macros_fragment_is_counted_by_its_end() {
    check_async(&REGISTRY, "boxed_by_a_macro", boxed_by_a_macro);
}

#[counted(registry = REGISTRY)]
fn opaque(end: End) -> impl Iterator<Item = u32> {
    let value = end.reach();
    value.into_iter().chain([1])
}

#[test]
fn an_opaque_value_is_counted() {
    assert_eq!(opaque(End::Return).collect::<Vec<_>>(), [VALUE, 1]);
    assert_panics(|| opaque(End::Panic).count());
    let calls = Calls {
        panic: 1.0,
        ..Calls::OK
    };
    assert_eq!(counted(&REGISTRY, "opaque"), calls);
}

#[counted(registry = REGISTRY)]
async fn opaque_later(end: End) -> impl Debug + Into<Ended> {
    end.wait().await;
    end.reach()
}

#[counted(registry = REGISTRY)]
fn hiding(end: End) -> impl Debug + Into<Ended> {
    end.reach()
}

#[test]
fn a_result_behind_an_opaque_type_is_told_apart() {
    check(&REGISTRY, "hiding", |end| hiding(end).into());
    check_async(&REGISTRY, "opaque_later", |end| async move {
        opaque_later(end).await.into()
    });
}

#[counted(registry = REGISTRY)]
fn partly_opaque(end: End) -> Result<impl Iterator<Item = u32>, Failure> {
    let value = end.reach()?;
    Ok((0..=value).rev())
}

#[counted(registry = REGISTRY)]
async fn partly_opaque_later(end: End) -> Result<impl Iterator<Item = u32>, Failure> {
    end.wait().await;
    let value = end.reach()?;
    Ok((0..=value).rev())
}

#[test]
fn a_result_of_an_opaque_type_is_told_apart() {
    let first = |mut values: Box<dyn Iterator<Item = u32>>| values.next().unwrap_or_default();
    check(&REGISTRY, "partly_opaque", |end| {
        partly_opaque(end).map(|values| first(Box::new(values)))
    });
    check_async(&REGISTRY, "partly_opaque_later", |end| async move {
        let values = partly_opaque_later(end).await?;
        Ok(first(Box::new(values)))
    });
}

#[counted(registry = REGISTRY)]
fn dynamic(end: End) -> Box<dyn Fn() -> u32> {
    let value = end.reach().unwrap_or_default();
    Box::new(move || value)
}

#[test]
fn a_boxed_closure_is_counted_when_it_is_made() {
    assert_eq!(dynamic(End::Return)(), VALUE);
    assert_panics(|| dynamic(End::Panic)());
    let calls = Calls {
        panic: 1.0,
        ..Calls::OK
    };
    assert_eq!(counted(&REGISTRY, "dynamic"), calls);
}

#[counted(registry = REGISTRY)]
fn boxed_after(end: End) -> Pin<Box<dyn Future<Output = Ended>>> {
    let _ = end.reach();
    Box::pin(async move { Ok(VALUE) })
}

#[counted(registry = REGISTRY)]
fn opaque_after(end: End) -> impl Future<Output = Ended> {
    let ended = end.reach();
    async move {
        End::Return.wait().await;
        ended
    }
}

// Fails when no guard stands over what comes before the future.
#[test]
fn a_panic_before_there_is_a_future_is_counted() {
    let panicked = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_panics(|| boxed_after(End::Panic));
    assert_eq!(counted(&REGISTRY, "boxed_after"), panicked);
    drop(boxed_after(End::Return));
    assert_eq!(counted(&REGISTRY, "boxed_after"), panicked, "never polled");
    assert_panics(|| opaque_after(End::Panic));
    assert_eq!(counted(&REGISTRY, "opaque_after"), panicked);
    drop(opaque_after(End::Return));
    assert_eq!(counted(&REGISTRY, "opaque_after"), panicked, "never polled");
}
