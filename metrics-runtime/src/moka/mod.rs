//! Caches of moka that are recorded.

mod entries;
mod future;
mod future_load;
mod listening;
mod loading;
mod recorded;
mod sync;
mod sync_load;

pub use future::MokaFutureCache;
pub use sync::MokaCache;

use crate::EvictionCause;
use ::moka::notification::RemovalCause;

/// The cause as a label.
const fn cause_of(cause: RemovalCause) -> EvictionCause {
    match cause {
        RemovalCause::Size => EvictionCause::Size,
        RemovalCause::Expired => EvictionCause::Expired,
        RemovalCause::Explicit => EvictionCause::Explicit,
        RemovalCause::Replaced => EvictionCause::Replaced,
    }
}

/// The outcome of a load.
const fn outcome_of<V, E>(loaded: &Result<V, E>) -> crate::Outcome {
    match loaded {
        Ok(_) => crate::Outcome::Ok,
        Err(_) => crate::Outcome::Error,
    }
}
