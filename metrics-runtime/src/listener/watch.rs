//! Until when a connection may take what it is taking.
//!
//! hyper limits the time of a request's head and, with the same limit, how long
//! a connection is idle; it doesn't limit a client that doesn't read its
//! answer. So all of it is watched here, outside of hyper.

use super::security::Stream;
use super::socket::abort;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// The limits of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// From accepting, or from the first byte of a further request, to the end
    /// of its head.
    pub(super) header: Duration,
    /// Between requests.
    pub(super) idle: Duration,
    /// Without any progress of writing.
    pub(super) write: Duration,
    /// From the beginning of an answer until all of it is written.
    pub(super) answer: Duration,
    /// After an answer to a request that wasn't read to its end, for the client
    /// to close.
    pub(super) linger: Duration,
    /// For the request of a client that is refused, at most.
    pub(super) refusal: Duration,
    /// For such a client to begin, while many are being refused.
    pub(super) silence: Duration,
    /// For requests that are under way when the listener is stopped.
    pub(super) shutdown: Duration,
}

impl Times {
    /// For the head of a request that is refused whatever it asks: short, since few
    /// are refused at a time and others are accepted only after them.
    pub(super) fn refusal(&self) -> Duration {
        (self.header / 5).min(self.refusal)
    }
}

/// Bytes that are read and thrown away after such an answer.
const LINGER_BYTES: usize = 256 * 1024;

/// What a connection does, and since when.
#[derive(Debug)]
pub(super) struct Watch {
    times: Times,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Since when a write is pending.
    stalled: Option<Instant>,
    /// Since when an answer is being written.
    writing: Option<Instant>,
    /// Whether a request was begun that hasn't been answered.
    begun: bool,
    /// Whether a request was answered without reading it to its end.
    refused: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Reading the head of a request, until then.
    Head(Instant),
    /// Answering.
    Busy,
    /// Sending the end of the answer, or waiting for the next request, until
    /// then.
    Idle(Instant),
    /// Waiting for the client to close, until then.
    Linger(Instant),
}

impl Watch {
    pub(super) fn new(times: Times, head: Instant) -> Arc<Self> {
        let state = State {
            phase: Phase::Head(head),
            stalled: None,
            writing: None,
            begun: false,
            refused: false,
        };
        Arc::new(Self {
            times,
            state: Mutex::new(state),
        })
    }

    /// Until when the connection is left alone.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let state = self.lock();
        let phase = match state.phase {
            Phase::Head(until) | Phase::Idle(until) | Phase::Linger(until) => Some(until),
            Phase::Busy => None,
        };
        let write = state.stalled.map(|since| since + self.times.write);
        let answer = state.writing.map(|since| since + self.times.answer);
        [phase, write, answer].into_iter().flatten().min()
    }

    /// Whether nothing is being read, answered or written.
    pub(super) fn idle(&self) -> bool {
        let state = self.lock();
        matches!(state.phase, Phase::Idle(_)) && state.stalled.is_none()
    }

    /// A request is being answered.
    pub(super) fn busy(&self) {
        self.lock().phase = Phase::Busy;
    }

    /// The request is answered without reading it to its end.
    pub(super) fn refuse(&self) {
        self.lock().refused = true;
    }

    /// hyper has all of the answer, and writes it.
    fn answered(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        state.phase = Phase::Idle(now + self.times.idle);
        // A client that asks on before it has read doesn't start the limit anew.
        state.writing.get_or_insert(now);
        state.begun = false;
    }

    fn read(&self) {
        let mut state = self.lock();
        state.begun = true;
        if let Phase::Idle(_) = state.phase {
            state.phase = Phase::Head(Instant::now() + self.times.header);
        }
    }

    fn written(&self) {
        let mut state = self.lock();
        state.stalled = None;
        // A long answer is under way still.
        if let Phase::Idle(_) = state.phase {
            state.phase = Phase::Idle(Instant::now() + self.times.idle);
        }
    }

    fn pending(&self) {
        self.lock().stalled.get_or_insert_with(Instant::now);
    }

    fn flushed(&self) {
        let mut state = self.lock();
        state.stalled = None;
        state.writing = None;
    }

    /// Whether the client hasn't read its answer.
    fn unread(&self) -> bool {
        let state = self.lock();
        state.writing.is_some() || state.stalled.is_some()
    }

    /// The connection closes; whether there may be bytes that weren't read.
    fn linger(&self) -> bool {
        let mut state = self.lock();
        state.stalled = None;
        state.writing = None;
        if !matches!(state.phase, Phase::Linger(_)) {
            state.phase = Phase::Linger(Instant::now() + self.times.linger);
        }
        state.begun || state.refused
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that tells its watch what it does.
pub(super) struct Watched {
    stream: Box<dyn Stream>,
    watch: Arc<Watch>,
    /// Whether the side of writing is closed.
    shut: bool,
    lingered: usize,
}

impl Watched {
    pub(super) const fn new(stream: Box<dyn Stream>, watch: Arc<Watch>) -> Self {
        Self {
            stream,
            watch,
            shut: false,
            lingered: 0,
        }
    }

    fn wrote<T>(&self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_pending() {
            self.watch.pending();
        } else {
            self.watch.written();
        }
        result
    }
}

impl Drop for Watched {
    /// An answer that isn't read is thrown away, which resets the connection: the
    /// system would keep on offering it otherwise.
    fn drop(&mut self) {
        if self.watch.unread() {
            abort(self.stream.socket());
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.watch.read();
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buffer);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(cx);
        if result.is_pending() {
            self.watch.pending();
        } else {
            self.watch.flushed();
        }
        result
    }

    /// Closes the side of writing, then waits for the client to close if it may
    /// be sending still: a socket that is closed with bytes unread resets the
    /// connection, and the client may lose the answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let linger = self.watch.linger();
        if !self.shut {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.shut = true;
        }
        let mut scratch = [0; 4096];
        while linger && self.lingered < LINGER_BYTES {
            let mut buffer = ReadBuf::new(&mut scratch);
            let result = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            if result.is_err() || buffer.filled().is_empty() {
                break;
            }
            self.lingered += buffer.filled().len();
        }
        Poll::Ready(Ok(()))
    }
}

/// The body of an answer, which tells the watch when hyper has all of it.
pub(super) struct Answer {
    body: Full<Bytes>,
    watch: Arc<Watch>,
}

impl Answer {
    pub(super) const fn new(body: Full<Bytes>, watch: Arc<Watch>) -> Self {
        Self { body, watch }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.watch.answered();
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::{Times, Watch};
    use std::time::Duration;
    use tokio::time::Instant;

    // Mutation: the limit of writing counts from the first pending write.
    #[test]
    fn a_client_that_reads_slowly_but_reads_has_its_limit_anew() {
        let hour = Duration::from_hours(1);
        let times = Times {
            header: hour,
            idle: hour * 10,
            write: hour,
            answer: hour * 10,
            linger: hour,
            refusal: hour,
            silence: hour,
            shutdown: hour,
        };
        let watch = Watch::new(times, Instant::now());
        let later = || {
            let now = Instant::now();
            while Instant::now() <= now {}
        };
        watch.busy();
        assert_eq!(watch.deadline(), None);
        watch.answered();
        watch.pending();
        let first = watch.deadline();
        later();
        watch.pending();
        assert_eq!(watch.deadline(), first, "nothing was read meanwhile");
        watch.written();
        watch.pending();
        assert!(watch.deadline() > first);
    }
}
