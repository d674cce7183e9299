//! A listener of its own for the page: on a thread of its own, so that the page
//! answers while the application's runtime is blocked, and within limits, so
//! that a client that stalls or floods costs a bounded part of the process.

mod answer;
mod backoff;
mod bind;
mod builder;
mod connection;
mod error;
mod own;
pub(crate) mod security;
mod server;
mod slots;
mod socket;
#[cfg(test)]
mod tests;
mod watch;

pub use builder::Listener;
pub use error::ServeError;
pub use server::Server;
