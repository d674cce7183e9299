//! The future of a response.

use super::call::Call;
use http::Response;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The future of a response of [`HttpClientService`](super::HttpClientService).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct HttpClientFuture<F> {
        #[pin]
        pub(super) future: F,
        // `None` where nothing is recorded.
        pub(super) call: Option<Call>,
    }
}

impl<F, R, E> Future for HttpClientFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(call) = this.call else {
            return this.future.poll(context);
        };
        call.enter();
        let polled = this.future.poll(context);
        call.leave();
        if let Poll::Ready(result) = &polled {
            match result {
                Ok(response) => call.answered(response.status()),
                Err(_) => call.failed(),
            }
            // What follows, such as the body, is not in progress.
            *this.call = None;
        }
        polled
    }
}
