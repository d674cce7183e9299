//! Caches that are recorded by hand.

mod cause;
mod handle;
mod load;

pub use cause::EvictionCause;
pub use handle::CacheMetrics;
pub use load::CacheLoad;
