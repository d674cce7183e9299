//! The annotated functions, nested three deep with five await points each, and
//! the ways to end them.

use crate::plan::{PANIC, Plan};
use metrics_runtime::{Registry, counted, timed};
use std::future::{self, Future};
use std::panic::{self, AssertUnwindSafe};
use std::task::Poll;
use std::time::Duration;

pub(crate) static REGISTRY: Registry = Registry::new();

#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
async fn outer(plan: Plan) -> Result<u64, ()> {
    plan.point(0).await;
    plan.point(1).await;
    let inside = middle(&plan).await?;
    plan.point(11).await;
    plan.point(12).await;
    Ok(inside + 1)
}

#[counted(registry = REGISTRY)]
#[timed(registry = REGISTRY)]
async fn middle(plan: &Plan) -> Result<u64, ()> {
    plan.point(2).await;
    plan.point(3).await;
    let inside = inner(plan).await;
    plan.point(9).await;
    plan.point(10).await;
    Ok(inside + 1)
}

#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
async fn inner(plan: &Plan) -> u64 {
    for point in 4..=8 {
        plan.point(point).await;
    }
    1
}

#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
fn outer_sync(plan: &Plan) -> Result<u64, ()> {
    plan.step(0);
    plan.step(1);
    let inside = middle_sync(plan)?;
    plan.step(11);
    plan.step(12);
    Ok(inside + 1)
}

#[counted(registry = REGISTRY)]
#[timed(registry = REGISTRY)]
fn middle_sync(plan: &Plan) -> Result<u64, ()> {
    plan.step(2);
    plan.step(3);
    let inside = inner_sync(plan);
    plan.step(9);
    plan.step(10);
    Ok(inside + 1)
}

#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
fn inner_sync(plan: &Plan) -> u64 {
    (4..=8).for_each(|point| plan.step(point));
    1
}

pub(crate) async fn drop_by_select(plan: Plan) {
    let reached = plan.clone();
    tokio::select! {
        biased;
        _ = outer(plan) => unreachable!("the call waits for ever"),
        () = reached.reached() => {}
    }
}

pub(crate) async fn drop_by_timeout(plan: Plan, limit: Duration) {
    let timed_out = tokio::time::timeout(limit, outer(plan)).await;
    assert!(timed_out.is_err());
}

pub(crate) async fn drop_by_abort(plan: Plan) {
    let task = tokio::spawn(outer(plan.clone()));
    plan.reached().await;
    task.abort();
    let ended = task.await.expect_err("the task was aborted");
    assert!(ended.is_cancelled());
}

/// The suspended call is innocent of its owner's panic: it is cancelled.
pub(crate) async fn drop_by_panicking_owner(plan: Plan) {
    let owner = tokio::spawn(async move {
        let mut call = Box::pin(outer(plan.clone()));
        future::poll_fn(|context| {
            let polled = call.as_mut().poll(context);
            assert!(polled.is_pending(), "the call waits for ever");
            if plan.is_reached() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        panic!("{PANIC}");
    });
    let ended = owner.await.expect_err("the owner panicked");
    assert!(ended.is_panic());
}

pub(crate) async fn panic_in_task(plan: Plan) {
    let ended = tokio::spawn(outer(plan)).await;
    let payload = ended.expect_err("the call panicked").into_panic();
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some(PANIC)
    );
}

pub(crate) fn panic_on_stack(plan: &Plan) {
    let ended = panic::catch_unwind(AssertUnwindSafe(|| outer_sync(plan)));
    let payload = ended.expect_err("the call panicked");
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some(PANIC)
    );
}
