//! Where answers are made that read all metrics: away from the async threads, few at a
//! time, and not for ever.
//!
//! A place is taken while an answer is made, and not while it is sent: how long that
//! takes is up to its reader, who could lock out all others. What waits to be read is
//! bounded by the [`Outbox`]; an answer that finds no room there keeps its place until it
//! does, since it takes memory too, and for no longer than its caller waits.

use super::answer::Answer;
use super::outbox::Outbox;
use crate::http::handler::alarm;
use crate::http::handler::coalesce::aside;
use crate::panic::caught;
use http::StatusCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// Answers that are made at a time: they aren't shared as pages are, so each of them
/// takes a thread and memory of its own.
const MOST: usize = 4;

/// How long a caller waits.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Desk {
    free: Arc<Semaphore>,
    patience: Duration,
    outbox: Outbox,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new(MOST, PATIENCE)
    }
}

impl Desk {
    pub(super) fn new(most: usize, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(most)),
            patience,
            outbox: Outbox::default(),
        }
    }

    /// The answer that `work` makes, on a thread that may block; `work` is told when it
    /// must be done with waiting for others.
    pub(super) async fn make(
        &self,
        work: impl FnOnce(Instant) -> Answer + Send + 'static,
    ) -> Answer {
        let arrived = Instant::now();
        let end = arrived + self.patience;
        let made = alarm::until(end, async {
            let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
            let (sender, receiver) = oneshot::channel();
            let deadline = arrived + self.patience / 10 * 9;
            aside(move || {
                // Whoever asked may have gone.
                if !sender.is_closed() {
                    let made = caught(|| work(deadline)).unwrap_or_else(|| {
                        let error = "the answer couldn't be made: something panicked";
                        Answer::refused(StatusCode::INTERNAL_SERVER_ERROR, error)
                    });
                    drop(sender.send((made, permit)));
                }
            });
            receiver.await.ok()
        });
        let Some((made, permit)) = made.await.flatten() else {
            let error = "too many such answers are being made; ask again later";
            return Answer::later(StatusCode::SERVICE_UNAVAILABLE, error, 1);
        };
        let posted = made.posted(&self.outbox, end).await;
        drop(permit);
        posted
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Desk, Outbox, alarm};
    use crate::endpoint::outbox::PIECE;
    use futures_util::poll;
    use http::StatusCode;
    use std::pin::pin;
    use std::time::{Duration, Instant};
    use tokio::task::yield_now;

    const GENEROUS: Duration = Duration::from_secs(30);

    // S24. Mutation: `make` calls `work` without `caught`.
    #[tokio::test]
    async fn a_panic_is_an_answer_that_says_nothing_of_it() {
        let desk = Desk::new(1, GENEROUS);
        for _ in 0..3 {
            let made = desk.make(|_| std::panic::resume_unwind(Box::new("secret")));
            let response = made.await.into_response(false);
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let body = axum::body::to_bytes(response.into_body(), 1_024).await;
            let body = String::from_utf8(body.expect("it is short").to_vec());
            assert!(!body.expect("it is JSON").contains("secret"));
        }
    }

    // S15. Mutation: the answer keeps its place until it is sent.
    #[tokio::test]
    async fn an_answer_that_is_not_read_takes_no_place() {
        let desk = Desk::new(1, GENEROUS);
        let large = "x".repeat(2 * PIECE);
        let mut unread = Vec::new();
        for _ in 0..8 {
            let large = large.clone();
            let made = desk.make(move |_| Answer::json(&large)).await;
            let response = made.into_response(false);
            assert_eq!(response.status(), StatusCode::OK);
            unread.push(response);
        }
    }

    // Mutations: `posted` refuses what finds no room at once, or waits without a deadline;
    // the place is free while it waits.
    #[tokio::test]
    async fn an_answer_that_finds_no_room_waits_until_another_one_is_read() {
        let large = "x".repeat(2 * PIECE);
        let made = |desk: Desk| {
            let large = large.clone();
            async move {
                let made = desk.make(move |_| Answer::json(&large)).await;
                made.into_response(false)
            }
        };
        let with_room_for_three = |patience| Desk {
            outbox: Outbox::new(7 * PIECE),
            ..Desk::new(4, patience)
        };
        let desk = with_room_for_three(GENEROUS);
        let mut unread = Vec::new();
        for _ in 0..3 {
            unread.push(made(desk.clone()).await);
        }
        desk.outbox.leave_alone_for(GENEROUS * 2);
        let mut fourth = pin!(made(desk.clone()));
        while !desk.outbox.is_awaited() {
            assert!(poll!(fourth.as_mut()).is_pending(), "it waits");
            yield_now().await;
        }
        assert_eq!(desk.free.available_permits(), 3, "it keeps its place");
        let first = unread.swap_remove(0).into_body();
        let read = axum::body::to_bytes(first, usize::MAX).await;
        assert_eq!(read.expect("it is whole").len(), large.len() + 2);
        let fourth = fourth.await;
        assert_eq!(fourth.status(), StatusCode::OK);
        for held in unread.into_iter().chain([fourth]) {
            let body = axum::body::to_bytes(held.into_body(), usize::MAX).await;
            assert_eq!(body.expect("it is whole").len(), large.len() + 2);
        }

        // Nobody reads, and the last one waits in vain.
        let desk = with_room_for_three(Duration::from_millis(200));
        let mut unread = Vec::new();
        for _ in 0..3 {
            unread.push(made(desk.clone()).await);
        }
        desk.outbox.leave_alone_for(GENEROUS * 2);
        let told = alarm::until(Instant::now() + GENEROUS, made(desk.clone())).await;
        let told = told.expect("it doesn't wait for ever");
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(told.headers().contains_key("retry-after"));
        // Its place is free again.
        assert_eq!(desk.free.available_permits(), 4);
    }

    // Mutation: `make` takes no place.
    #[tokio::test]
    async fn one_who_finds_no_place_in_time_is_told_to_come_back() {
        let desk = Desk::new(1, Duration::from_millis(50));
        let (release, held) = std::sync::mpsc::channel::<()>();
        let first = desk.make(move |_| {
            // Until the test is done.
            let _ = held.recv();
            Answer::json(&1)
        });
        let told = async {
            let second = desk.make(|_| Answer::json(&2)).await;
            drop(release);
            second.into_response(false)
        };
        let (_, told) = tokio::join!(first, told);
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(told.headers().contains_key("retry-after"));
    }
}
