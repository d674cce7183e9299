//! Time limits that need no runtime: on tokio's timers, a handler would panic in a
//! runtime without them and wait for ever outside of one.
//!
//! A thread of its own sleeps until the next limit and wakes who waits for it. It
//! starts with the first request and stays.

use crate::panic::caught;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Instant;

static CLOCK: Clock = Clock {
    state: Mutex::new(State {
        running: false,
        alarms: BTreeMap::new(),
        next: 0,
    }),
    changed: Condvar::new(),
};

struct Clock {
    state: Mutex<State>,
    /// The first alarm is an earlier one.
    changed: Condvar,
}

struct State {
    /// Whether there is a thread.
    running: bool,
    alarms: BTreeMap<Key, Waker>,
    next: u64,
}

/// When an alarm rings, and which one it is.
type Key = (Instant, u64);

/// Waits for `future` until `end`; `None` if that is first.
///
/// Where no thread can be started, the limit is seen only when the future is
/// polled for other reasons.
pub(crate) async fn until<T>(end: Instant, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut alarm = Alarm { end, key: None };
    poll_fn(|cx| {
        if let Poll::Ready(value) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(value));
        }
        if Instant::now() >= end {
            return Poll::Ready(None);
        }
        alarm.set(cx.waker());
        Poll::Pending
    })
    .await
}

/// An alarm that is taken back when it is dropped.
struct Alarm {
    end: Instant,
    key: Option<Key>,
}

impl Alarm {
    fn set(&mut self, waker: &Waker) {
        // A waker is its runtime's code: not under the lock, nor dropped there.
        let waker = waker.clone();
        let mut state = CLOCK.lock();
        let id = state.next;
        let key = *self.key.get_or_insert((self.end, id));
        state.next += u64::from(key.1 == id);
        // An alarm that rang between the poll and here is set again, in the past,
        // and rings at once.
        let replaced = state.alarms.insert(key, waker);
        let first = state.alarms.first_key_value().map(|(key, _)| *key);
        if !state.running {
            let thread = thread::Builder::new().name("metrics-alarm".to_owned());
            state.running = thread.spawn(|| CLOCK.run()).is_ok();
        } else if first == Some(key) {
            CLOCK.changed.notify_one();
        }
        drop(state);
        drop(replaced);
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let waker = CLOCK.lock().alarms.remove(&key);
            drop(waker);
        }
    }
}

impl Clock {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            match state.alarms.first_entry() {
                Some(first) if first.key().0 <= now => {
                    let waker = first.remove();
                    drop(state);
                    // The thread is everybody's, and a waker may panic.
                    let _ = caught(|| waker.wake());
                    state = self.lock();
                }
                Some(first) => {
                    let left = first.key().0 - now;
                    let waited = self.changed.wait_timeout(state, left);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                None => {
                    let waited = self.changed.wait(state);
                    state = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CLOCK, until};
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};
    use std::task::{Context, Poll, Wake, Waker};
    use std::time::{Duration, Instant};

    const GENEROUS: Duration = Duration::from_secs(30);

    struct Bell(Sender<()>);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }

    struct Broken;

    impl Wake for Broken {
        fn wake(self: Arc<Self>) {
            std::panic::resume_unwind(Box::new("on purpose"))
        }
    }

    #[test]
    fn what_is_there_needs_no_alarm() {
        let mut cx = Context::from_waker(Waker::noop());
        let past = Instant::now();
        // Mutation: the limit looked at before the future.
        let there = pin!(until(past, ready(1))).poll(&mut cx);
        assert_eq!(there, Poll::Ready(Some(1)));
        let late = pin!(until(past, pending::<()>())).poll(&mut cx);
        assert_eq!(late, Poll::Ready(None));
    }

    #[test]
    fn an_earlier_alarm_rings_before_a_later_one_that_was_set_first() {
        let mut later = pin!(until(Instant::now() + GENEROUS * 20, pending::<()>()));
        let mut noop = Context::from_waker(Waker::noop());
        assert!(later.as_mut().poll(&mut noop).is_pending());
        // Mutation: a waker that panics ends the thread.
        let broken = Waker::from(Arc::new(Broken));
        let soon = || Instant::now() + Duration::from_millis(20);
        let mut breaks = pin!(until(soon(), pending::<()>()));
        let polled = breaks.as_mut().poll(&mut Context::from_waker(&broken));
        assert!(polled.is_pending());
        let (sender, rung) = channel();
        let bell = Waker::from(Arc::new(Bell(sender)));
        let mut cx = Context::from_waker(&bell);
        let mut sooner = pin!(until(soon(), pending::<()>()));
        assert!(sooner.as_mut().poll(&mut cx).is_pending());
        // Mutation: the thread isn't told of an alarm before the one that it waits
        // for.
        rung.recv_timeout(GENEROUS).expect("it rings");
        assert_eq!(sooner.as_mut().poll(&mut cx), Poll::Ready(None));
        assert!(later.as_mut().poll(&mut noop).is_pending());
    }

    #[test]
    fn alarms_that_nobody_waits_for_are_taken_back() {
        let end = Instant::now() + GENEROUS * 20;
        let of_ours = || {
            let state = CLOCK.lock();
            state.alarms.keys().filter(|key| key.0 == end).count()
        };
        let mut cx = Context::from_waker(Waker::noop());
        {
            let mut waits = pin!(until(end, pending::<()>()));
            assert!(waits.as_mut().poll(&mut cx).is_pending());
            assert!(waits.as_mut().poll(&mut cx).is_pending());
            assert_eq!(of_ours(), 1, "polled again, it is the same");
        }
        // Mutation: an alarm stays when its future is dropped.
        assert_eq!(of_ours(), 0);
    }
}
