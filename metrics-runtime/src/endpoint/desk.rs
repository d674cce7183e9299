//! Where answers are made that read all metrics: away from the async threads, few at a
//! time, and not for ever.
//!
//! A place is taken while an answer is made, and not while it is sent: how long that
//! takes is up to its reader, who could lock out all others. What waits to be read is
//! bounded by the [`Outbox`].

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
        let made = alarm::until(arrived + self.patience, async {
            let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
            let (sender, receiver) = oneshot::channel();
            let deadline = arrived + self.patience / 10 * 9;
            let outbox = self.outbox.clone();
            aside(move || {
                // Whoever asked may have gone.
                if !sender.is_closed() {
                    let made = caught(|| work(deadline)).unwrap_or_else(|| {
                        let error = "the answer couldn't be made: something panicked";
                        Answer::refused(StatusCode::INTERNAL_SERVER_ERROR, error)
                    });
                    drop(sender.send(made.posted(&outbox)));
                }
                drop(permit);
            });
            receiver.await.ok()
        });
        let made = made.await.flatten();
        made.unwrap_or_else(|| {
            let error = "too many such answers are being made; ask again later";
            Answer::later(StatusCode::SERVICE_UNAVAILABLE, error, 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Desk};
    use crate::endpoint::outbox::PIECE;
    use http::StatusCode;
    use std::time::Duration;

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
