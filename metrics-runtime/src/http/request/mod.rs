//! A tower layer that records the requests of a service.

mod body;
mod django;
mod endpoint;
mod error;
mod exclusion;
mod extension;
mod family;
mod future;
mod guard;
mod label_set;
mod layer;
mod method;
mod numbered;
mod option;
mod placement;
mod recorder;
mod route;
mod service;
mod shared;
mod size;
mod special;
#[cfg(test)]
mod tests;

pub use body::MeasuredBody;
pub use endpoint::RequestHead;
pub use error::HttpLayerError;
pub(crate) use exclusion::check_environment;
pub use extension::{Blocked, ErrorKind, Unmeasured};
pub use future::ResponseFuture;
pub use layer::HttpLayer;
pub use service::HttpService;
