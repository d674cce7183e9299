//! A user's function that decides about requests.

use crate::http::handler::until;
use crate::panic::caught;
use http::request::Parts;
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

/// The longest timeout, so that no point in time is out of reach.
const LONGEST: Duration = Duration::from_hours(24);

/// How many of them may be asked within one another.
const DEEPEST: u32 = 4;

thread_local! {
    /// How many are being polled on this thread, within one another.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One that is being polled.
struct Inside(u32);

impl Inside {
    fn enter() -> Self {
        Self(DEPTH.replace(DEPTH.get() + 1))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(self.0);
    }
}

type Deciding = Pin<Box<dyn Future<Output = bool> + Send>>;

/// A user's function that decides about requests.
#[derive(Clone)]
pub(super) struct Authorizer(Arc<dyn Fn(Parts) -> Deciding + Send + Sync>);

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// It panicked or took too long.
    Failed,
}

impl Authorizer {
    pub(super) fn new<F, R>(decide: F) -> Self
    where
        F: Fn(Parts) -> R + Send + Sync + 'static,
        R: Future<Output = bool> + Send + 'static,
    {
        Self(Arc::new(move |parts| Box::pin(decide(parts))))
    }

    /// Asks it, for at most so long.
    ///
    /// One that asks for a page which it guards itself would be asked again by that, and
    /// so on: within one another on one thread, few are asked, before the stack is full,
    /// and over a connection it takes too long.
    pub(super) async fn ask(&self, parts: &Parts, timeout: Duration) -> Answer {
        if DEPTH.get() >= DEEPEST {
            return Answer::Failed;
        }
        let parts = parts.clone();
        let called = caught(|| {
            let _inside = Inside::enter();
            (self.0)(parts)
        });
        let Some(mut deciding) = called else {
            return Answer::Failed;
        };
        let polled = poll_fn(|cx| {
            let polled = caught(|| {
                let _inside = Inside::enter();
                deciding.as_mut().poll(cx)
            });
            match polled {
                Some(Poll::Pending) => Poll::Pending,
                Some(Poll::Ready(true)) => Poll::Ready(Answer::Yes),
                Some(Poll::Ready(false)) => Poll::Ready(Answer::No),
                None => Poll::Ready(Answer::Failed),
            }
        });
        let answer = until(Instant::now() + timeout.min(LONGEST), polled).await;
        // A future may panic when it is dropped, too.
        let dropped = caught(|| drop(deciding));
        dropped.and(answer).unwrap_or(Answer::Failed)
    }
}

impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorizer")
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Authorizer};
    use http::Request;
    use http::request::Parts;
    use std::future::pending;
    use std::panic::resume_unwind;
    use std::time::Duration;

    const GENEROUS: Duration = Duration::from_secs(30);

    fn parts() -> Parts {
        Request::new(()).into_parts().0
    }

    // Mutations: a panic, of the call or of the future, isn't caught; the time isn't
    // limited.
    #[tokio::test]
    async fn it_refuses_when_it_panics_or_hangs() {
        let yes = Authorizer::new(|_| async { true });
        assert_eq!(yes.ask(&parts(), GENEROUS).await, Answer::Yes);
        assert_eq!(yes.ask(&parts(), Duration::MAX).await, Answer::Yes);
        let no = Authorizer::new(|_| async { false });
        assert_eq!(no.ask(&parts(), GENEROUS).await, Answer::No);
        let panics = Authorizer::new(|_| async { resume_unwind(Box::new("on purpose")) });
        assert_eq!(panics.ask(&parts(), GENEROUS).await, Answer::Failed);
        let panics_at_once = Authorizer::new(|parts| {
            if parts.version == http::Version::HTTP_11 {
                resume_unwind(Box::new("on purpose"));
            }
            async { true }
        });
        assert_eq!(panics_at_once.ask(&parts(), GENEROUS).await, Answer::Failed);
        let hangs = Authorizer::new(|_| pending());
        let limit = Duration::from_millis(10);
        assert_eq!(hangs.ask(&parts(), limit).await, Answer::Failed);
    }
}
