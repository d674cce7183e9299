//! Serving the page, by itself or with axum, and outcomes of HTTP responses.

mod handler;
mod outcome;
mod request;
mod router;

pub use handler::{Handler, HandlerOptions};
pub(crate) use request::check_environment;
pub use request::{
    Blocked, ErrorKind, HttpLayer, HttpLayerError, HttpService, MeasuredBody, RequestHead,
    ResponseFuture, Unmeasured,
};
