//! Summaries: sums, counts, and quantiles that are computed in the program.

mod handle;
mod shard;

pub use handle::Summary;
