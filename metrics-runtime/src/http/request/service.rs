//! A service whose requests are recorded.

use super::future::ResponseFuture;
use super::recorder::Recorder;
use super::shared::Shared;
use http::{Request, Response};
use http_body::Body;
use std::task::{Context, Poll};
use tower_service::Service;

/// A service whose requests are recorded; see [`HttpLayer`](super::HttpLayer).
#[derive(Clone, Debug)]
pub struct HttpService<S> {
    pub(super) inner: S,
    pub(super) shared: &'static Shared,
}

impl<S, B, R> Service<Request<B>> for HttpService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body + 'static,
    R: Body,
{
    type Response = Response<super::MeasuredBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    // Inlined where axum boxes what it returns, the future of a service would be copied once
    // more: into the frame of its caller, and from there into the box.
    #[inline(never)]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Declared first, so that it ends after the recorder is dropped by a service
        // that unwinds, which is how the recorder knows.
        let _scope;
        let recorder = self.shared.start(&mut request);
        if let Recorder::Nothing = recorder {
            let future = self.inner.call(request);
            return ResponseFuture { future, recorder };
        }
        _scope = recorder.enter_call();
        // Nothing is done to it here: the future of a service is large, and would be
        // copied.
        ResponseFuture {
            future: self.inner.call(request),
            recorder,
        }
    }
}
