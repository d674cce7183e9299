//! Pools, connections and transactions of sqlx, whose queries are recorded.

mod class;
mod database;
mod executor;
mod fingerprint;
mod link;
mod measured;
mod meter;
mod operated;
mod operation;
mod pool;
mod query;
mod scan;
mod series;
mod slow;
mod transaction;

pub use database::{Dialect, Instrumentable};
pub use link::{Connected, Instrumented, Link};
