//! What expansions of the macros call. Not part of the public interface.

pub use crate::builtin;
pub use crate::catalogue::{Instrument, Own, Place, Plain, Record, Site, Source};
pub use crate::desc::Desc;
pub use crate::label::{ClosedLabel, LabelValue, Model, Scratch};
pub use crate::measure::{
    Guard, ModelCell, PlainGuard, RowsOfAny, RowsOfOption, RowsOfResult, call, closed, enter,
    enter_counted, enter_timed, enter_with, measured, measured_with, never, open,
};
pub use crate::outcome::{
    ClassifyAny, ClassifyContent, ClassifyResult, ClassifyValue, Probe, Reading,
};
pub use crate::registry::global;
