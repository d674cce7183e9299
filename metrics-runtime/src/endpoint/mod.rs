//! What is served beside the page: status, all metrics as JSON, analytics, recording
//! from elsewhere, and descriptions of these.
//!
//! Each endpoint is a function from a request to an [`answer`]; [`router`] mounts those
//! that are chosen. What reads all metrics works at a [`desk`], away from the async
//! threads, few at a time; what it makes waits in the [`outbox`] to be read.

mod access;
mod analytics;
mod answer;
mod api;
mod desk;
mod increment;
mod openapi;
mod outbox;
mod prometheus_config;
mod query;
mod router;
mod status;
#[cfg(not(feature = "system"))]
#[path = "system/off.rs"]
mod system;
#[cfg(feature = "system")]
#[path = "system/on.rs"]
mod system;
#[cfg(test)]
mod tests;

pub(crate) use router::extended;
