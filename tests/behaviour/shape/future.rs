//! Functions that return futures.

use std::fmt::Debug;
use std::pin::Pin;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{check, check_async, check_sure_async};
use crate::driver::{Calls, End, Failure, VALUE, assert_panics, counted, ready};

static REGISTRY: Registry = Registry::new();

type Ended = Result<u32, Failure>;

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_future(end: End) -> impl Future<Output = Ended> + Send {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[expect(clippy::let_and_return, reason = "the block must not be the tail")]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_after(end: End) -> Pin<Box<dyn Future<Output = Ended>>> {
    let _ = end.reach();
    Box::pin(async move { Ok(VALUE) })
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_in_arms(end: End) -> Pin<Box<dyn Future<Output = Ended>>> {
    match end {
        End::Fail => Box::pin(async move { end.reach() }),
        End::Wait => Box::pin(std::future::pending()),
        _ if end == End::Panic => Box::pin(async move {
            end.wait().await;
            end.reach()
        }),
        _ => Box::pin(waited(end)),
    }
}

async fn waited(end: End) -> Ended {
    end.wait().await;
    end.reach()
}

#[test]
fn a_boxed_future_of_any_arm_is_counted_by_its_end() {
    check_async(&REGISTRY, "boxed_in_arms", boxed_in_arms);
}

macro_rules! boxed {
    (return $future:expr) => {
        return Box::pin($future)
    };
    ($future:expr) => {
        Box::pin($future)
    };
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_by_a_call(end: End) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    boxed!(async move {
        end.wait().await;
        end.reach()
    })
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_by_a_return(end: End) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    if end == End::Fail {
        boxed!(return async move { end.reach() });
    }
    Box::pin(async move {
        end.wait().await;
        end.reach()
    })
}

#[test]
fn a_boxed_future_behind_a_macro_is_counted_by_its_end() {
    check_async(&REGISTRY, "boxed_by_a_call", boxed_by_a_call);
    check_async(&REGISTRY, "boxed_by_a_return", boxed_by_a_return);
}

/// As the `futures` crate names them.
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_an_alias(end: &End) -> BoxFuture<'_, Ended> {
    Box::pin(async {
        end.wait().await;
        end.reach()
    })
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_a_local_alias<'a>(end: &'a End) -> LocalBoxFuture<'a, Ended> {
    let not_send = std::rc::Rc::new(end);
    let future = async move {
        not_send.wait().await;
        not_send.reach()
    };
    Box::pin(future) as LocalBoxFuture<'a, Ended>
}

#[test]
fn a_boxed_future_of_an_alias_is_counted_by_its_end() {
    check_async(&REGISTRY, "of_an_alias", |end| async move {
        of_an_alias(&end).await
    });
    check_async(&REGISTRY, "of_a_local_alias", |end| async move {
        of_a_local_alias(&end).await
    });
}

type Job = Pin<Box<dyn Future<Output = Ended>>>;

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_an_own_alias(end: End) -> Job {
    Box::pin(waited(end))
}

// As documented: the name says nothing of a future.
#[test]
fn a_boxed_future_of_an_alias_of_ones_own_is_counted_when_it_is_made() {
    drop(of_an_own_alias(End::Fail));
    assert_eq!(counted(&REGISTRY, "of_an_own_alias"), Calls::OK);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_by_path(
    end: End,
) -> ::std::pin::Pin<::std::boxed::Box<dyn Future<Output = Ended> + Send>> {
    let end = std::convert::identity(end);
    ::std::boxed::Box::pin(async move {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    })
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn boxed_of_a_borrow<'a, 'b: 'a>(
    end: &'a End,
    value: &'b u32,
) -> Pin<Box<dyn Future<Output = Result<&'b u32, Failure>> + Send + 'a>> {
    Box::pin(async move {
        end.wait().await;
        end.reach()?;
        Ok(value)
    })
}

#[test]
fn a_boxed_future_may_be_written_by_path_and_may_borrow() {
    check_async(&REGISTRY, "boxed_by_path", boxed_by_path);
    check_async(&REGISTRY, "boxed_of_a_borrow", |end| async move {
        boxed_of_a_borrow(&end, &VALUE).await.copied()
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_early(end: End) -> impl Future<Output = Ended> + Send + use<> {
    if end == End::Fail {
        return waited(end);
    }
    waited(end)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_named<'a, T: Copy + Into<Ended> + 'a>(
    given: &'a T,
    end: &'a End,
) -> impl Future<Output = Ended> + use<'a, T> {
    std::future::poll_fn(move |_| {
        end.reach()?;
        if *end == End::Wait {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready((*given).into())
        }
    })
}

#[derive(Clone, Copy)]
struct Seven;

impl From<Seven> for Ended {
    fn from(Seven: Seven) -> Self {
        Ok(VALUE)
    }
}

#[test]
fn an_opaque_future_may_return_early_and_say_what_it_captures() {
    check_async(&REGISTRY, "opaque_early", opaque_early);
    check_async(&REGISTRY, "opaque_named", |end| async move {
        opaque_named(&Seven, &end).await
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_twice(end: End) -> impl Future<Output = impl Into<Ended> + Debug> {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn later_again(end: End) -> impl Future<Output = Ended> {
    let _ = end.reach();
    end.wait().await;
    async move { Ok(VALUE) }
}

#[test]
fn the_value_of_an_opaque_future_may_be_opaque() {
    check_async(&REGISTRY, "opaque_twice", |end| async move {
        opaque_twice(end).await.into()
    });
}

#[test]
fn an_async_function_that_returns_a_future_is_counted_by_its_own_end() {
    check_sure_async(&REGISTRY, "later_again", |end| async move {
        let inner = later_again(end).await;
        inner.await.unwrap_or_default()
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn partly_future(end: End) -> Result<impl Future<Output = u32>, Failure> {
    let value = end.reach()?;
    Ok(async move { value })
}

#[test]
fn a_result_of_a_future_is_counted_when_it_is_made() {
    check(&REGISTRY, "partly_future", |end| {
        partly_future(end).map(ready)
    });
}
