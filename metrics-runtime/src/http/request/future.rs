//! The future of a response.

use super::body::MeasuredBody;
use super::recorder::Recorder;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The future of a response of [`HttpService`](super::HttpService).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct ResponseFuture<F> {
        #[pin]
        pub(super) future: F,
        pub(super) recorder: Recorder,
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<MeasuredBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let scope = this.recorder.enter();
        let polled = this.future.poll(context);
        this.recorder.leave(scope);
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(response)) => {
                let guard = this.recorder.answered(&response);
                Poll::Ready(Ok(response.map(|body| MeasuredBody::new(body, guard))))
            }
            Poll::Ready(Err(error)) => {
                this.recorder.failed();
                Poll::Ready(Err(error))
            }
        }
    }
}
