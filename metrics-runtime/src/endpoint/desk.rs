//! Where answers are made that read all metrics: away from the async threads, few at a
//! time, and not for ever.

use super::answer::Answer;
use crate::http::handler::alarm;
use crate::http::handler::coalesce::aside;
use crate::panic::caught;
use http::StatusCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// Answers that are made or sent at a time: they aren't shared as pages are, so each of
/// them takes memory of its own.
const MOST: usize = 4;

/// How long a caller waits.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Desk {
    free: Arc<Semaphore>,
    patience: Duration,
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
            aside(move || {
                // Whoever asked may have gone.
                if !sender.is_closed() {
                    let made = caught(|| work(deadline)).unwrap_or_else(|| {
                        let error = "the answer couldn't be made: something panicked";
                        Answer::refused(StatusCode::INTERNAL_SERVER_ERROR, error)
                    });
                    drop(sender.send(made.holding(permit)));
                }
            });
            receiver.await.ok()
        });
        let made = made.await.flatten();
        made.unwrap_or_else(|| {
            let error = "too many such answers are being made or sent; ask again later";
            Answer::later(StatusCode::SERVICE_UNAVAILABLE, error, 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Desk};
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

    // Mutation: the permit is dropped when the answer is made.
    #[tokio::test]
    async fn an_answer_has_its_place_until_it_is_sent() {
        let desk = Desk::new(1, Duration::from_millis(50));
        let make = || desk.make(|_| Answer::json(&1));
        let first = make().await.into_response(false);
        assert_eq!(first.status(), StatusCode::OK);
        let second = make().await.into_response(false);
        assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(second.headers().contains_key("retry-after"));
        drop(first);
        assert_eq!(make().await.into_response(false).status(), StatusCode::OK);
    }
}
