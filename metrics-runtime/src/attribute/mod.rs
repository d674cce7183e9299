//! The macros, one file each: what a macro does is documented where it is
//! re-exported.

mod counted;
mod error_label;
mod in_progress;
mod label_value;
mod metrics;
mod timed;
mod track_cache;
mod track_model;
mod track_query;
mod track_task;

pub use counted::counted;
pub use error_label::ErrorLabel;
pub use in_progress::in_progress;
pub use label_value::LabelValue;
pub use metrics::metrics;
pub use timed::timed;
pub use track_cache::track_cache;
pub use track_model::track_model;
pub use track_query::track_query;
pub use track_task::track_task;
