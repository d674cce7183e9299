//! Serving the page, by itself or with axum, and outcomes of HTTP responses.

mod access;
pub(crate) mod handler;
pub(crate) mod listening;
mod outcome;
mod request;
mod router;

pub(crate) use access::Policy;
pub use access::{Access, AccessError, Guard, GuardService, Secret};
pub use handler::{Handler, HandlerOptions, Scrape, Scrapes};
pub(crate) use request::check_environment;
pub use request::{
    Blocked, ErrorKind, HttpLayer, HttpLayerError, HttpService, MeasuredBody, RequestHead,
    ResponseFuture, Unmeasured,
};
