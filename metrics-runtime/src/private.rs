//! What expansions of the macros call. Not part of the public interface.

pub use crate::builtin;
pub use crate::catalogue::{Instrument, Own, Place, Plain, Record, Site, Source, declared};
pub use crate::desc::Desc;
pub use crate::error_label::{
    Ask, Asked, ErrorByAny, ErrorByResult, ErrorLabel, ErrorOfAny, ErrorOfLabelled, ErrorOfReport,
    ErrorOfResult, ErrorType, NotAsked,
};
pub use crate::label::{ClosedLabel, LabelValue, Model, Scratch};
pub use crate::measure::{
    Awaited, FoundInOption, FoundInOther, FoundInResult, Guard, ModelCell, PlainGuard, RowsOfAny,
    RowsOfOption, RowsOfResult, aged, await_call, await_timed, busy, call, closed, enter,
    enter_counted, enter_late, enter_timed, enter_with, guard_timed, measured, measured_call,
    measured_stream, measured_with, never, nothing, of_returned, open,
};
pub use crate::outcome::{ByNothing, Classified, Probe, Reading, Tells, TypeProbe, TypeTold};
pub use crate::registry::global;

/// The attributes, of which an annotated module imports those that it doesn't by
/// itself.
pub mod attribute {
    pub use metrics_macros::*;
}
