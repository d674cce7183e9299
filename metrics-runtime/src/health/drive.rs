//! Polling a check's future on the check's own thread.
//!
//! An executor of its own, and not `Handle::block_on`: it needs neither a runtime nor
//! its timers, and a future is dropped when it is late.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls `future` until `end`; `None` if that is first.
pub(super) fn drive<T>(mut future: Pin<&mut dyn Future<Output = T>>, end: Instant) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        // One that was woken in the meantime isn't parked.
        thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::drive;
    use std::future::{pending, poll_fn};
    use std::pin::pin;
    use std::task::Poll;
    use std::thread;
    use std::time::{Duration, Instant};

    fn soon() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    // Mutation: `wake` does nothing.
    #[test]
    fn it_is_polled_again_when_it_is_woken() {
        let end = soon();
        let mut polled = false;
        let future = poll_fn(|context| {
            if polled {
                return Poll::Ready(7);
            }
            polled = true;
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        });
        assert_eq!(drive(pin!(future), end), Some(7));
        assert!(Instant::now() < end, "it was late");
    }

    #[test]
    fn what_is_done_is_taken_also_when_it_is_late() {
        assert_eq!(drive(pin!(async { 7 }), Instant::now()), Some(7));
        assert_eq!(drive(pin!(pending::<()>()), Instant::now()), None);
    }
}
