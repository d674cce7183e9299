//! Families that aren't kept in cells: what collectors give when a page is made,
//! and the kinds that hold their value themselves.

mod adapter;
mod callback;
mod clash;
mod collector;
mod families;
mod info;
mod inline;
pub(crate) mod model;
pub(crate) mod rule;
mod slot;
mod source;
mod state_set;
pub(crate) mod worker;

pub use adapter::PrometheusCollector;
pub use collector::{Collector, CollectorError};
pub use families::{CollectError, Families};
pub use state_set::StateSet;

pub(crate) use clash::{clash, without_clashes};
pub(crate) use collector::{Shared, check_name};
pub(crate) use inline::{Head, Inline};
pub(crate) use slot::Slot;
pub(crate) use source::{Own, Readings, Source, double};
