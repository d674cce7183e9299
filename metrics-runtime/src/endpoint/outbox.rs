//! Answers that wait to be read: bounded in bytes, and whoever doesn't read gives way.
//!
//! Neither tower nor the server tells how long an answer waits for its reader, and one
//! that nobody reads would hold its bytes for ever. So they stay here, and its body
//! fetches them piece by piece. When there is no room for the next answer, the one that
//! has been read least lately is taken back: its memory is free at once, and its
//! connection ends as incomplete, if anybody ever reads from it again.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Bytes of answers that wait to be read, at most; one answer alone may be larger.
const MOST_BYTES: usize = 64 << 20;

/// What is handed to the server at a time, as a copy. Answers of one piece don't wait
/// here: a server buffers more than that for each connection anyway.
pub(super) const PIECE: usize = 32 << 10;

/// An answer is left alone for so long, so that those who read at once aren't disturbed
/// by others who do.
const GRACE: Duration = Duration::from_secs(1);

/// Why the rest of an answer isn't sent.
#[derive(Debug, thiserror::Error)]
#[error("the answer was taken back for one that is read faster; ask again and read it at once")]
pub(super) struct TakenBack;

/// Where answers wait to be read; clones are one.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    most_bytes: usize,
    waiting: Arc<Mutex<Waiting>>,
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
    fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            waiting: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up an answer; `None` if there is no room for it, and none can be made.
    pub(super) fn post(&self, bytes: Bytes) -> Option<Sending> {
        self.post_at(bytes, Instant::now())
    }

    fn post_at(&self, bytes: Bytes, now: Instant) -> Option<Sending> {
        let len = bytes.len();
        let mut waiting = self.lock();
        let given_up = waiting.give_up(self.most_bytes.saturating_sub(len), now)?;
        let id = waiting.next;
        waiting.next += 1;
        waiting.bytes += len;
        let (begun, read) = (now, now);
        waiting.answers.insert(id, Posted { bytes, begun, read });
        drop(waiting);
        drop(given_up);
        let outbox = self.clone();
        Some(Sending {
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
        drop(removed);
    }
}

impl Waiting {
    fn remove(&mut self, id: u64) -> Option<Posted> {
        let removed = self.answers.remove(&id)?;
        self.bytes -= removed.bytes.len();
        Some(removed)
    }

    /// Takes back what must go so that no more than `most` bytes are left; `None`, and
    /// nothing is taken back, if that isn't enough.
    fn give_up(&mut self, most: usize, now: Instant) -> Option<Vec<Posted>> {
        let is_old = |posted: &Posted| now.saturating_duration_since(posted.begun) >= GRACE;
        let old = self.answers.iter().filter(|(_, posted)| is_old(posted));
        let old = old.map(|(id, posted)| (posted.read, *id, posted.bytes.len()));
        let mut old: Vec<(Instant, u64, usize)> = old.collect();
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
        (left <= most || left == 0).then(|| {
            given_up
                .into_iter()
                .filter_map(|id| self.remove(id))
                .collect()
        })
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
mod tests {
    use super::{GRACE, Outbox, PIECE, Sending};
    use bytes::Bytes;
    use http_body_util::BodyExt as _;
    use std::time::{Duration, Instant};

    const LEN: usize = 3 * PIECE;

    /// Room for two answers.
    fn outbox() -> (Outbox, impl Fn(&Outbox, Instant) -> Option<Sending>) {
        let post = |outbox: &Outbox, now| outbox.post_at(Bytes::from(vec![7; LEN]), now);
        (Outbox::new(2 * LEN), post)
    }

    // Mutations: a piece is left out or sent twice; an answer that is read stays.
    #[tokio::test]
    async fn an_answer_is_sent_whole_and_leaves_nothing() {
        let outbox = Outbox::new(LEN);
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * PIECE + 3).collect();
        let mut sending = outbox.post(bytes.clone().into()).expect("there is room");
        let mut read = Vec::new();
        while let Some(frame) = sending.frame().await {
            let data = frame.expect("it isn't taken back").into_data();
            let data = data.expect("it is data");
            assert!(data.len() <= PIECE);
            read.extend_from_slice(&data);
        }
        assert_eq!(read, bytes);
        assert_eq!(outbox.lock().bytes, 0);
        drop(sending);
        assert_eq!(outbox.lock().bytes, 0);
    }

    // S15. Mutations: the oldest is taken back, not the one that is read least lately;
    // nothing is taken back.
    #[tokio::test]
    async fn who_reads_least_lately_gives_way() {
        let (outbox, post) = outbox();
        let begun = Instant::now().checked_sub(2 * GRACE).expect("it is later");
        let mut reads = post(&outbox, begun).expect("there is room");
        let mut stalls = post(&outbox, begun + Duration::from_millis(1)).expect("there is room");
        assert!(reads.frame().await.expect("there is more").is_ok());
        let next = post(&outbox, Instant::now()).expect("room is made");
        assert!(reads.frame().await.expect("there is more").is_ok());
        let told = stalls.frame().await.expect("it is told");
        let told = told.expect_err("it was taken back").to_string();
        assert!(told.contains("ask again"), "{told}");
        assert!(stalls.frame().await.is_none());
        drop((reads, stalls, next));
        assert_eq!(outbox.lock().bytes, 0);
    }

    // Mutations: an answer is taken back however young; one that doesn't fit takes
    // others back in vain.
    #[test]
    fn the_bytes_that_wait_are_bounded_and_the_young_left_alone() {
        let (outbox, post) = outbox();
        let start = Instant::now();
        let old = post(&outbox, start).expect("there is room");
        let young = post(&outbox, start + GRACE).expect("there is room");
        let large = outbox.post_at(Bytes::from(vec![7; 2 * LEN]), start + GRACE);
        assert!(large.is_none(), "one of them is young");
        assert_eq!(outbox.lock().bytes, 2 * LEN);
        assert!(post(&outbox, start + GRACE / 2).is_none());
        drop((old, young));
        let huge = outbox.post_at(Bytes::from(vec![7; 9 * LEN]), start);
        assert!(huge.is_some(), "it is alone");
        assert!(post(&outbox, start).is_none());
    }
}
