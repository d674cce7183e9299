//! The guard as a tower layer.

use super::guard::Guard;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::Request;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// A service behind a [`Guard`].
#[derive(Clone, Copy, Debug)]
pub struct GuardService<S> {
    inner: S,
    guard: Guard,
}

impl<S> Layer<S> for Guard {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> GuardService<S> {
        let guard = *self;
        GuardService { inner, guard }
    }
}

impl<S, B> Service<Request<B>> for GuardService<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready is called; a clone may not be.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let guard = self.guard;
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match guard.admit(&parts).await {
                Ok(entrance) => guard.mark(&mut parts, entrance).await,
                Err(denial) => {
                    return Ok(guard.refuse(denial, &parts.method).map(Body::new));
                }
            }
            let response = inner.call(Request::from_parts(parts, body)).await;
            response.map(IntoResponse::into_response)
        })
    }
}
