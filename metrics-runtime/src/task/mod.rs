//! Tasks on tokio that are recorded: spawned under a name, or repeated.

mod output;
mod run;
mod schedule;
mod series;
mod spawn;

pub use output::TaskOutput;
pub use schedule::Schedule;
