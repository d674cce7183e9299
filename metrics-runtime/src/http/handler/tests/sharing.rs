//! Requests that share a page.

use super::{get, hung, injected, registry, text};
use crate::http::handler::HandlerOptions;
use crate::http::handler::page::Maker;
use http::StatusCode;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use tokio::sync::Barrier;
use tokio::sync::mpsc::unbounded_channel;

// S16, F26. Mutations: `join` takes the page that is being made; it starts a job for each
// request.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_requests_share_few_pages_and_see_what_came_before() {
    const REQUESTS: usize = 1_000;
    let pages = Arc::new(AtomicUsize::new(0));
    let registry = registry();
    let seen = registry.counter("seen_total", "Seen.").unwrap();
    let (begun, mut begins) = unbounded_channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let mut maker = Maker::new(registry);
    let made = Arc::clone(&pages);
    maker.render = Box::new(move |_, out| {
        made.fetch_add(1, Ordering::Relaxed);
        let value = seen.get();
        let _ = begun.send(());
        // It takes as long as others come.
        let _ = released.lock().expect("nothing panics").recv();
        out.extend_from_slice(value.to_string().as_bytes());
        Vec::new()
    });
    let handler = super::of(
        maker,
        registry,
        HandlerOptions::new().max_in_flight(2 * REQUESTS),
    );
    let all_wait = Arc::new(Barrier::new(REQUESTS + 1));
    let ask = || {
        let (handler, all_wait) = (handler.clone(), Arc::clone(&all_wait));
        tokio::spawn(async move {
            seen.inc();
            let before = seen.get();
            let mut answer = pin!(get(&handler, "/", &[]));
            let first = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
            assert!(first.is_pending(), "no page is there yet");
            all_wait.wait().await;
            let value: u64 = text(answer.await).await.parse().expect("it is a number");
            assert!(value >= before, "{value} < {before}");
        })
    };
    let mut requests = vec![ask()];
    begins.recv().await.expect("the first page is begun");
    requests.extend((1..REQUESTS).map(|_| ask()));
    all_wait.wait().await;
    drop(release);
    for request in requests {
        request.await.expect("it doesn't panic");
    }
    assert_eq!(pages.load(Ordering::Relaxed), 2);
}

// Mutation: `run` asks for more than one receiver.
#[tokio::test]
async fn those_who_go_stall_nobody() {
    let (release, render) = hung();
    let (handler, _) = injected(HandlerOptions::new(), render);
    let start = || {
        let handler = handler.clone();
        tokio::spawn(async move { get(&handler, "/", &[]).await.status() })
    };
    let gone: Vec<_> = (0..10).map(|_| start()).collect();
    let stays = start();
    tokio::task::yield_now().await;
    for request in gone {
        request.abort();
    }
    drop(release);
    assert_eq!(stays.await.expect("it isn't aborted"), StatusCode::OK);
}
