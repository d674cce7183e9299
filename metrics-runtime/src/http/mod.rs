//! Serving the page with axum, and outcomes of HTTP responses.

mod outcome;
mod router;
