//! Connections to Redis that are recorded: whatever implements `ConnectionLike`.

mod call;
mod command;
mod connection;
mod error_kind;
mod future;
mod pipeline;
mod request;
mod series;

pub use connection::InstrumentedRedis;
