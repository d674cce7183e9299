//! The body of an announced request's answer, followed to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use hyper::body::{Frame, SizeHint};

use super::acknowledgement::{End, Phase, Reach, Watch};

/// A body that waits where the visitor means to hang up, and tells how it ended.
pub(super) struct FollowedBody {
    // Goes before `watch`, so that the end is told only after it has been counted.
    body: Body,
    status: StatusCode,
    /// A piece of it has been given to the server.
    has_begun: bool,
    watch: Watch,
}

impl FollowedBody {
    pub(super) fn new(body: Body, status: StatusCode, mut watch: Watch) -> Self {
        watch.set_end(if body.is_end_stream() {
            End::Answered(status)
        } else {
            End::GivenUp(status, Phase::Head)
        });
        Self {
            body,
            status,
            has_begun: false,
            watch,
        }
    }

    /// Whether the visitor has now what it wanted.
    fn waits(&self) -> bool {
        match self.watch.reach() {
            Reach::Handler => false,
            Reach::Head => true,
            Reach::Body => self.has_begun,
        }
    }
}

impl HttpBody for FollowedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if this.waits() {
            ready!(this.watch.poll_unwatched(context));
        }
        this.watch.set_end(End::GivenUp(this.status, Phase::Body));
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        this.has_begun = true;
        if !matches!(frame, Some(Ok(_))) || this.body.is_end_stream() {
            this.watch.set_end(End::Answered(this.status));
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::poll_fn;

    use futures_util::{poll, stream};

    use super::super::acknowledgement::{Acknowledgements, Expected, watched};
    use super::*;

    fn followed(reach: Reach) -> (FollowedBody, Expected) {
        let (watch, expected) = watched(&Acknowledgements::default(), reach);
        let pieces = stream::iter(["a", "b"].map(Ok::<_, Infallible>));
        let body = FollowedBody::new(Body::from_stream(pieces), StatusCode::OK, watch);
        (body, expected)
    }

    async fn next(body: &mut FollowedBody) -> Poll<bool> {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        poll!(frame).map(|frame| frame.is_some())
    }

    #[tokio::test]
    async fn waits_before_its_first_piece_or_after_it() {
        let (mut body, expected) = followed(Reach::Head);
        assert_eq!(next(&mut body).await, Poll::Pending);
        drop(body);
        let end = End::GivenUp(StatusCode::OK, Phase::Head);
        assert_eq!(expected.ended().await, end);

        let (mut body, expected) = followed(Reach::Body);
        assert_eq!(next(&mut body).await, Poll::Ready(true));
        assert_eq!(next(&mut body).await, Poll::Pending);
        drop(body);
        let end = End::GivenUp(StatusCode::OK, Phase::Body);
        assert_eq!(expected.ended().await, end);
    }

    #[tokio::test]
    async fn goes_on_when_nobody_waits_for_its_end() {
        let (mut body, expected) = followed(Reach::Head);
        drop(expected);
        for more in [true, true, false] {
            assert_eq!(next(&mut body).await, Poll::Ready(more));
        }
    }

    #[tokio::test]
    async fn tells_of_an_answer_that_was_sent() {
        let (mut body, expected) = followed(Reach::Handler);
        for more in [true, true, false] {
            assert_eq!(next(&mut body).await, Poll::Ready(more));
        }
        drop(body);
        assert_eq!(expected.ended().await, End::Answered(StatusCode::OK));
    }
}
