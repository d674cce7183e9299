//! Serving the page, by itself or with axum, and outcomes of HTTP responses.

mod handler;
mod outcome;
mod router;

pub use handler::{Handler, HandlerOptions};
