//! The recording core: every series, whatever its labels, is one range of
//! cells; a lookup returns an index; recording is one function per kind.

mod bucket;
mod counter;
mod dense;
mod family;
mod gauge;
mod histogram;
mod list;
mod slab;
mod table;

pub use counter::Counter;
pub use family::{Family, Metric};
pub(crate) use family::{FamilyCore, Series, at};
pub use gauge::Gauge;
pub use histogram::Histogram;
pub(crate) use table::Slot;
