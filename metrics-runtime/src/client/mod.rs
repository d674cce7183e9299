//! A tower layer that records the requests of a client.

mod call;
mod future;
mod host;
mod layer;
mod method;
mod service;

pub use future::HttpClientFuture;
pub use layer::HttpClientLayer;
pub use service::HttpClientService;
