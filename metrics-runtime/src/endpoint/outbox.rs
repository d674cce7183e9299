//! Answers that wait to be read: bounded in bytes, and whoever doesn't read gives way.
//!
//! Neither tower nor the server tells how long an answer waits for its reader, and one
//! that nobody reads would hold its bytes for ever. So they stay here, and its body
//! fetches them piece by piece. When there is no room for the next answer, it waits until
//! others are read, or have had their time: then the one that has been read least lately
//! is taken back. Its memory is free at once, and its connection ends as incomplete, if
//! anybody ever reads from it again.

#[cfg(test)]
mod tests;

use crate::http::handler::alarm;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};

/// Bytes of answers that wait to be read, at most; one answer alone may be larger.
const MOST_BYTES: usize = 64 << 20;

/// What is handed to the server at a time, as a copy. Answers of one piece don't wait
/// here: a server buffers more than that for each connection anyway.
pub(super) const PIECE: usize = 32 << 10;

/// An answer that nobody has read of for so long gives way.
const GRACE: Duration = Duration::from_secs(1);

/// One that was here for so long gives way though it is read: nobody may keep all others
/// waiting by reading a byte now and then.
const TURN: Duration = Duration::from_secs(3);

/// Why the rest of an answer isn't sent.
#[derive(Debug, thiserror::Error)]
#[error("the answer was taken back for one that is read faster; ask again and read it at once")]
pub(super) struct TakenBack;

/// Where answers wait to be read; clones are one.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    most_bytes: usize,
    waiting: Arc<Mutex<Waiting>>,
    /// Whose turn it is to wait for room: in the order in which they came.
    turn: Arc<Semaphore>,
    /// There is more room than there was.
    room: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    bytes: usize,
    answers: BTreeMap<u64, Posted>,
}

#[derive(Debug)]
struct Posted {
    bytes: Bytes,
    begun: Instant,
    /// When the latest piece was fetched.
    read: Instant,
}

impl Default for Outbox {
    fn default() -> Self {
        Self::new(MOST_BYTES)
    }
}

impl Outbox {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            waiting: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
            room: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up an answer as soon as there is room for it; `None` if there isn't until
    /// the deadline.
    pub(super) async fn post(&self, bytes: Bytes, deadline: Instant) -> Option<Sending> {
        alarm::until(deadline, async {
            let turn = self.turn.acquire().await;
            loop {
                // Before the look, so that what becomes free after it is heard of.
                let mut room = pin!(self.room.notified());
                room.as_mut().enable();
                let next = match self.post_at(&bytes, Instant::now()) {
                    Ok(sending) => {
                        drop(turn);
                        return Some(sending);
                    }
                    Err(next) => next,
                };
                // Either is a reason to look again.
                let _: Option<()> = alarm::until(next, room).await;
            }
        })
        .await
        .flatten()
    }

    /// Takes up an answer; the error is when another one gives way.
    fn post_at(&self, bytes: &Bytes, now: Instant) -> Result<Sending, Instant> {
        let len = bytes.len();
        let mut waiting = self.lock();
        let given_up = waiting.give_up(self.most_bytes.saturating_sub(len), now)?;
        let id = waiting.next;
        waiting.next += 1;
        waiting.bytes += len;
        let (begun, read, bytes) = (now, now, bytes.clone());
        waiting.answers.insert(id, Posted { bytes, begun, read });
        drop(waiting);
        drop(given_up);
        let outbox = self.clone();
        Ok(Sending {
            outbox,
            id,
            at: 0,
            len,
        })
    }

    /// The bytes of an answer that wasn't taken back, one piece of which is fetched.
    fn fetch(&self, id: u64) -> Option<Bytes> {
        let mut waiting = self.lock();
        let posted = waiting.answers.get_mut(&id)?;
        posted.read = Instant::now();
        Some(posted.bytes.clone())
    }

    fn remove(&self, id: u64) {
        let removed = self.lock().remove(id);
        if removed.is_some() {
            self.room.notify_waiters();
        }
    }
}

impl Waiting {
    fn remove(&mut self, id: u64) -> Option<Posted> {
        let removed = self.answers.remove(&id)?;
        self.bytes -= removed.bytes.len();
        Some(removed)
    }

    /// Takes back what must go so that no more than `most` bytes are left. If what is old
    /// enough doesn't suffice, nothing is taken back, and the error is when the next one
    /// will be.
    fn give_up(&mut self, most: usize, now: Instant) -> Result<Vec<Posted>, Instant> {
        let (mut old, mut next) = (Vec::new(), None::<Instant>);
        for (id, posted) in &self.answers {
            let until = posted.is_left_alone_until();
            if until <= now {
                old.push((posted.read, *id, posted.bytes.len()));
            } else {
                next = Some(next.map_or(until, |next| next.min(until)));
            }
        }
        old.sort_unstable();
        let mut left = self.bytes;
        let mut given_up = Vec::new();
        for (_, id, len) in old {
            if left <= most {
                break;
            }
            left -= len;
            given_up.push(id);
        }
        // Nothing is in the way of an answer that is alone, however large.
        match next {
            Some(next) if left > most => Err(next),
            _ => Ok(given_up
                .into_iter()
                .filter_map(|id| self.remove(id))
                .collect()),
        }
    }
}

impl Posted {
    fn is_left_alone_until(&self) -> Instant {
        (self.read + GRACE).min(self.begun + TURN)
    }
}

/// The body of an answer in the outbox.
#[derive(Debug)]
pub(super) struct Sending {
    outbox: Outbox,
    id: u64,
    at: usize,
    len: usize,
}

impl Sending {
    pub(super) const fn len(&self) -> usize {
        self.len
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = TakenBack;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TakenBack>>> {
        let this = self.get_mut();
        if this.is_end_stream() {
            return Poll::Ready(None);
        }
        let whole = this.outbox.fetch(this.id);
        let end = this.len.min(this.at + PIECE);
        let piece = whole.as_ref().and_then(|whole| whole.get(this.at..end));
        let Some(piece) = piece else {
            this.at = this.len;
            return Poll::Ready(Some(Err(TakenBack)));
        };
        // A copy: the server's buffer would keep the whole alive.
        let piece = Bytes::copy_from_slice(piece);
        this.at = end;
        if this.is_end_stream() {
            this.outbox.remove(this.id);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.at >= self.len
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len.saturating_sub(self.at) as u64)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.outbox.remove(self.id);
    }
}

#[cfg(test)]
impl Outbox {
    /// Makes what is here so young that it gives way to nobody for this long.
    pub(super) fn leave_alone_for(&self, time: Duration) {
        for posted in self.lock().answers.values_mut() {
            posted.begun += time;
            posted.read += time;
        }
    }

    /// Whether somebody waits for room.
    pub(super) fn is_awaited(&self) -> bool {
        self.turn.available_permits() == 0
    }
}
