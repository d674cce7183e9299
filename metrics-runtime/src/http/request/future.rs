//! The future of a response.

use super::body::MeasuredBody;
use super::guard::Guard;
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
        // `None` where nothing is recorded.
        pub(super) guard: Option<Guard>,
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
        let Some(guard) = this.guard else {
            let polled = this.future.poll(context);
            return polled.map_ok(|response| response.map(|body| MeasuredBody::new(body, None)));
        };
        guard.enter();
        match this.future.poll(context) {
            Poll::Pending => {
                guard.leave();
                Poll::Pending
            }
            Poll::Ready(Ok(response)) => {
                guard.leave();
                guard.head(&response);
                let guard = this.guard.take();
                Poll::Ready(Ok(response.map(|body| MeasuredBody::new(body, guard))))
            }
            Poll::Ready(Err(error)) => {
                guard.leave();
                guard.failed();
                *this.guard = None;
                Poll::Ready(Err(error))
            }
        }
    }
}
