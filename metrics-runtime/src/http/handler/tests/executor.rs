//! Whoever polls it.

use super::{Answer, get, handler, hung, injected};
use crate::http::handler::HandlerOptions;
use http::StatusCode;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use tokio::runtime::Builder;

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The least executor that there is.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// A page, and one that hangs.
async fn answers() -> [Answer; 2] {
    let page = get(&handler(), "/", &[]).await;
    let (_release, render) = hung();
    let (hanging, _) = injected(HandlerOptions::new(), render);
    let hurry = [("x-prometheus-scrape-timeout-seconds", "0.02")];
    [page, get(&hanging, "/", &hurry).await]
}

fn check(answers: &[Answer; 2]) {
    assert_eq!(answers[0].status(), StatusCode::OK);
    assert_eq!(answers[1].status(), StatusCode::SERVICE_UNAVAILABLE);
}

// H12.
// Mutation: tokio's timers, which panic here.
#[test]
fn a_runtime_without_timers_is_enough() {
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = runtime.build().expect("threads can be started");
        check(&runtime.block_on(answers()));
    }
}

// H12.
// Mutation: no limit of time outside of tokio's runtime.
#[test]
fn no_runtime_is_enough() {
    check(&block_on(answers()));
}
