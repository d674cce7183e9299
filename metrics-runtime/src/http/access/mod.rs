//! Who may read what the toolkit serves: settings, the rule that they make, and
//! a layer that applies it to whole routers.
//!
//! The layer stands over the router that owns the routes, its fallback included,
//! and looks at no path: however a path is written, nested or mounted, what would
//! answer it is behind the guard.

mod authorizer;
mod client;
mod credential;
mod denial;
mod environment;
mod guard;
mod layer;
mod look;
mod network;
mod own;
mod policy;
mod proof;
mod scheme;
mod secret;
mod setting;
mod throttle;
#[cfg(test)]
mod timing;

pub use guard::Guard;
pub use layer::GuardService;
pub(crate) use policy::Policy;
pub use secret::Secret;
pub use setting::{Access, AccessError};
