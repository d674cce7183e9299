//! A service whose requests are recorded.

use super::endpoint::RequestHead;
use super::future::ResponseFuture;
use super::guard::Guard;
use super::layer::{Recording, Shared};
use super::method::MethodLabel;
use super::recorder::Recorder;
use super::size::Size;
use crate::config::recording;
use crate::measure::Request as Polled;
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

impl Shared {
    /// Starts a request, if it is to be recorded.
    fn start<B: Body + 'static>(&'static self, request: &mut Request<B>) -> Recorder {
        if !recording() || self.options.exclusion.has(request.uri().path()) {
            return Recorder::Nothing;
        }
        let placement = self.placement;
        if Polled::is_any_polled() && placement.is_recorded_around(request.extensions()) {
            return Recorder::Nothing;
        }
        placement.mark(request.extensions_mut());
        let (families, routes) = match &self.recording {
            Recording::Own(families, routes) => (families, routes),
            Recording::Django(django) => {
                let pending = django.start(&self.options, request);
                return Recorder::Django(pending);
            }
        };
        let method = MethodLabel::of(request.method());
        let head = RequestHead::of(request);
        let route = self
            .options
            .endpoint
            .with(head, |endpoint| routes.get(families, method, endpoint));
        let labels = route.is_special.then(|| route.labels()).flatten();
        let combination = labels.map_or(0, |labels| labels.find(0, request.extensions()));
        let bodiless = matches!(*request.method(), Method::HEAD | Method::CONNECT);
        let size = Size::of(request.body_mut());
        Recorder::Own(Guard::new(route, combination, size, bodiless))
    }
}
