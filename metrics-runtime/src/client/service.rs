//! A client whose requests are recorded.

use super::call::{Call, Shared};
use super::future::HttpClientFuture;
use super::method::label_of;
use crate::config::recording;
use http::{Request, Response};
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

/// A client whose requests are recorded; see [`HttpClientLayer`](super::HttpClientLayer).
#[derive(Clone, Debug)]
pub struct HttpClientService<S> {
    pub(super) inner: S,
    pub(super) shared: Arc<Shared>,
}

impl<S, B, R> Service<Request<B>> for HttpClientService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = HttpClientFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let call = recording().then(|| {
            let host = self.shared.hosts.of(request.uri(), request.headers());
            Call::new(&self.shared, host, label_of(request.method()))
        });
        // What unwinds in here is the client's.
        let mut response = HttpClientFuture {
            call,
            future: self.inner.call(request),
        };
        if let Some(call) = &mut response.call {
            call.leave();
        }
        response
    }
}
