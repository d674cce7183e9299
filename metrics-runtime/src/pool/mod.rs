//! Pools of connections, whatever they connect to: how many are in use, and how many
//! there may be.

mod error;
pub(crate) mod registration;
mod state;
#[cfg(test)]
mod tests;

pub use error::PoolError;
pub use state::{PoolState, PoolStatistics};
