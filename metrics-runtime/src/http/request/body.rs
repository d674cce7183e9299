//! The body of a response, with what is still to be recorded of its request.

use super::guard::Guard;
use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The body of a response of [`HttpService`](super::HttpService).
    #[derive(Debug)]
    pub struct MeasuredBody<R> {
        #[pin]
        body: R,
        // `None` once everything is recorded.
        guard: Option<Guard>,
    }
}

impl<R> MeasuredBody<R> {
    pub(super) const fn new(body: R, guard: Option<Guard>) -> Self {
        Self { body, guard }
    }
}

impl<R: Body> Body for MeasuredBody<R> {
    type Data = R::Data;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<R::Data>, R::Error>>> {
        let mut this = self.project();
        let Some(guard) = this.guard.as_mut().filter(|guard| guard.is_open()) else {
            return this.body.poll_frame(context);
        };
        guard.body_polled();
        let polled = this.body.as_mut().poll_frame(context);
        guard.leave();
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                // A server that knows the length doesn't ask again.
                if guard.sent(bytes) || this.body.is_end_stream() {
                    guard.complete();
                }
            }
            Poll::Ready(Some(Err(_))) => guard.failed(),
            Poll::Ready(None) => guard.complete(),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
