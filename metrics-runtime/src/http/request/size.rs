//! How large the body of a request is.

use axum::body::Body as AxumBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::any::Any;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

/// The longest body in bytes whose length is taken as it is announced. A client may
/// announce any and send nothing, and a sum never forgets it.
pub(super) const MOST_ANNOUNCED: u64 = 1 << 30;

/// The size of a body, known or being counted.
#[derive(Debug)]
pub(super) enum Size {
    /// In bytes.
    Known(u64),
    /// The bytes that the handler has read so far.
    Counted(Arc<AtomicU64>),
    /// A body of another library that doesn't say how large it is, or can't be believed.
    Unknown,
}

impl Size {
    /// The size of a request's body, which is counted on the way if it is axum's
    /// and isn't known, or is hardly to be believed.
    #[inline]
    pub(super) fn of<B: Body + 'static>(body: &mut B) -> Self {
        match body.size_hint().exact() {
            Some(exact) if exact <= MOST_ANNOUNCED => Self::Known(exact),
            _ => Self::counted(body),
        }
    }

    #[inline(never)]
    fn counted<B: Body + 'static>(body: &mut B) -> Self {
        let body: &mut dyn Any = body;
        let Some(body) = body.downcast_mut::<AxumBody>() else {
            return Self::Unknown;
        };
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            body: mem::take(body),
            bytes: Arc::clone(&bytes),
        };
        *body = AxumBody::new(counted);
        Self::Counted(bytes)
    }

    /// The bytes so far, if they are known.
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            Self::Known(bytes) => Some(*bytes),
            // Relaxed: a number of its own.
            Self::Counted(bytes) => Some(bytes.load(Ordering::Relaxed)),
            Self::Unknown => None,
        }
    }
}

/// A body whose bytes are counted.
#[derive(Debug)]
struct Counted {
    body: AxumBody,
    bytes: Arc<AtomicU64>,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let data = frame.as_ref().and_then(|frame| frame.as_ref().ok());
        if let Some(data) = data.and_then(Frame::data_ref) {
            // Relaxed: a number of its own.
            self.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
