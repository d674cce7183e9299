//! One page: gathered, written, compressed, and shared.

use super::encoding::{self, Encoding};
use super::own::Own;
use crate::encode::{Missing, Wanted};
use crate::panic::caught;
use crate::{Format, Registry};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A page as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) body: Bytes,
    /// What the body is encoded with, which may be less than what was asked for.
    pub(super) encoding: Encoding,
    pub(super) missing: Arc<[Missing]>,
}

/// Why there is no page.
#[derive(Clone, Copy, Debug)]
pub(super) enum NoPage {
    /// Something in it panicked.
    Panicked,
    /// As many as may be are in memory, and none of them was sent in time.
    Crowded,
}

/// What writes a page, and what compresses it.
pub(super) struct Maker {
    pub(super) render: Box<Render>,
    pub(super) encode: fn(Encoding, &[u8], &mut Vec<u8>) -> io::Result<()>,
    pub(super) own: Own,
    plain: Arc<Pool>,
    encoded: Arc<Pool>,
}

pub(super) type Render = dyn Fn(Wanted<'_>, &mut Vec<u8>) -> Vec<Missing> + Send + Sync;

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maker").finish_non_exhaustive()
    }
}

impl Maker {
    pub(super) fn new(registry: &'static Registry) -> Self {
        Self {
            render: Box::new(|wanted, out| crate::encode::append(registry, wanted, out)),
            encode: encoding::encode,
            own: Own::of(registry),
            plain: Arc::default(),
            encoded: Arc::default(),
        }
    }

    /// Makes a page. Never panics; what user code does is caught where it is
    /// called, so that a panic here is one of the writer.
    pub(super) fn make(
        &self,
        format: Format,
        encoding: Encoding,
        names: Option<&BTreeSet<String>>,
        deadline: Instant,
    ) -> Result<Page, NoPage> {
        let begun = Instant::now();
        let made = caught(|| {
            let mut page = self.plain.take();
            let wanted = Wanted {
                format,
                names,
                deadline: Some(deadline),
            };
            let missing = (self.render)(wanted, page.bytes());
            self.own.gathering.inc_by(missing.len() as u64);
            let (page, encoding) = self.encoded(page, encoding);
            Page {
                body: page.freeze(),
                encoding,
                missing: missing.into(),
            }
        });
        self.own.account.made(begun.elapsed());
        made.ok_or_else(|| {
            self.own.encoding.inc();
            NoPage::Panicked
        })
    }

    /// The page encoded, or as it is where that is no gain or fails.
    fn encoded(&self, mut page: Buffer, encoding: Encoding) -> (Buffer, Encoding) {
        if encoding == Encoding::Identity || page.bytes().len() < encoding::LEAST {
            return (page, Encoding::Identity);
        }
        let mut encoded = self.encoded.take();
        if (self.encode)(encoding, page.bytes(), encoded.bytes()).is_err() {
            self.own.encoding.inc();
            return (page, Encoding::Identity);
        }
        (encoded, encoding)
    }
}

/// Buffers that wait for the next page, whose length they will fit.
#[derive(Debug, Default)]
struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    /// More than two pages of a kind at a time are rare.
    const MOST: usize = 2;

    /// Bytes of buffers that are kept however many they are: where many requests
    /// come at once, memory that is allocated and freed by several threads in turn
    /// would be spread over more and more of the heap.
    const MOST_BYTES: usize = 8 << 20;

    fn take(self: &Arc<Self>) -> Buffer {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Buffer {
            bytes: free.pop().unwrap_or_default(),
            pool: Arc::clone(self),
        }
    }
}

/// A buffer that goes back to its pool once nobody sends it any more.
#[derive(Debug)]
struct Buffer {
    bytes: Vec<u8>,
    pool: Arc<Pool>,
}

impl Buffer {
    const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = mem::take(&mut self.bytes);
        bytes.clear();
        let mut free = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = free.iter().map(Vec::capacity).sum();
        let room = free.len() < Pool::MOST || kept + bytes.capacity() <= Pool::MOST_BYTES;
        if room && bytes.capacity() > 0 {
            free.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pool;
    use std::sync::Arc;

    // Mutation: `drop` keeps nothing, or `freeze` copies.
    #[test]
    fn buffers_come_back_once_they_are_sent() {
        let pool = Arc::new(Pool::default());
        let mut buffer = pool.take();
        buffer.bytes().extend_from_slice(b"abc");
        let at = buffer.bytes.as_ptr();
        let body = buffer.freeze();
        let other = body.clone();
        assert_eq!(body, "abc");
        drop(body);
        assert!(pool.take().bytes.capacity() == 0, "it is still sent");
        drop(other);
        let again = pool.take();
        assert_eq!((again.bytes.as_ptr(), again.bytes.len()), (at, 0));
    }
}
