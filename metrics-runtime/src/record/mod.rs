//! The recording core: every series, whatever its labels, is one range of
//! cells; a lookup returns an index; recording is one function per kind.

mod age;
pub(crate) mod asked;
mod bucket;
mod cells;
mod counter;
pub(crate) mod created;
mod dense;
#[cfg(feature = "exemplars")]
#[path = "exemplar/on.rs"]
pub(crate) mod exemplar;
#[cfg(not(feature = "exemplars"))]
#[path = "exemplar/off.rs"]
pub(crate) mod exemplar;
mod family;
mod gauge;
mod hash;
mod histogram;
mod in_progress;
mod metric;
#[cfg(feature = "http")]
mod names;
mod native;
mod outcome;
mod row;
mod scan;
mod series;
mod slab;
mod succession;
mod table;
mod tagged;
pub(crate) mod thread;
#[cfg(any(feature = "redis", feature = "sqlx"))]
mod timed;

pub(crate) use age::{Ages, Entry};
pub(crate) use asked::set_all;
pub(crate) use bucket::Bounds;
pub use counter::Counter;
pub(crate) use dense::combination;
pub(crate) use family::{FamilyCore, OVERFLOW};
pub use gauge::Gauge;
pub use histogram::Histogram;
pub(crate) use histogram::bucket_cell;
pub use in_progress::{InProgress, Running};
pub(crate) use metric::at;
pub use metric::{Family, Metric};
#[cfg(feature = "http")]
pub(crate) use names::Names;
pub(crate) use native::{NativeReading, Shape, classic_bounds};
pub(crate) use outcome::ByOutcome;
#[cfg(feature = "http")]
pub(crate) use row::same;
pub(crate) use row::{Row, values_of};
pub(crate) use scan::Scan;
pub(crate) use series::Series;
pub(crate) use table::Slot;
#[cfg(any(feature = "redis", feature = "sqlx"))]
pub(crate) use timed::Timed;
