//! A service whose requests are recorded.

use super::endpoint::RequestHead;
use super::future::ResponseFuture;
use super::guard::Guard;
use super::layer::Shared;
use super::method::MethodLabel;
use super::size::Size;
use crate::config::recording;
use http::{Method, Request, Response};
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

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Entered already: what unwinds in here is the service's.
        let guard = self.shared.start(&mut request);
        let mut response = ResponseFuture {
            guard,
            future: self.inner.call(request),
        };
        if let Some(guard) = &mut response.guard {
            guard.leave();
        }
        response
    }
}

impl Shared {
    /// Starts a request, if it is to be recorded.
    fn start<B: Body + 'static>(&'static self, request: &mut Request<B>) -> Option<Guard> {
        if !recording() || self.options.exclusion.has(request.uri().path()) {
            return None;
        }
        let method = MethodLabel::of(request.method());
        let head = RequestHead::of(request);
        let route = self.options.endpoint.with(head, |endpoint| {
            self.routes.get(&self.families, method, endpoint)
        });
        let bodiless = matches!(*request.method(), Method::HEAD | Method::CONNECT);
        let size = Size::of(request.body_mut());
        Some(Guard::new(route, size, bodiless))
    }
}
