//! The attributes, one data row each.

mod counted;
mod metrics;
mod timed;
mod track_model;

pub(crate) use counted::COUNTED;
pub(crate) use metrics::METRICS;
pub(crate) use timed::TIMED;
pub(crate) use track_model::TRACK_MODEL;

use crate::options::Key;

/// Every attribute of functions; one that stands on a function beside another is absorbed
/// by the outermost.
pub(crate) static ALL: [&Attribute; 3] = [&COUNTED, &TIMED, &TRACK_MODEL];

/// What an attribute records, and which options it takes.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// Words of which a function gives one, such as `insert`.
    pub(crate) operations: &'static [&'static str],
    pub(crate) block: Block,
    /// Options beside the common ones.
    pub(crate) options: &'static [Key],
    pub(crate) instruments: &'static [Instrument],
    /// What counts every call where only a sample of them is timed.
    pub(crate) beside_sample: &'static [Instrument],
}

/// What an attribute means on an `impl` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// It applies to every method.
    EveryMethod,
    /// It gives its options to the methods below that have it too.
    Defaults,
}

/// One family that an attribute records into.
#[derive(Debug)]
pub(crate) struct Instrument {
    /// The runtime's module and static with the family's description.
    pub(crate) builtin: [&'static str; 2],
    pub(crate) kind: Kind,
    pub(crate) record: Record,
    /// Labels of the built-in family, in its order, `outcome` aside.
    pub(crate) labels: &'static [Label],
    pub(crate) by_outcome: bool,
    /// Recorded for this operation only.
    pub(crate) operation: Option<&'static str>,
    /// Help of a family with an own name.
    pub(crate) help: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Duration,
    Gauge,
    Histogram,
}

/// What is added to a series; the names are those of the runtime's `Record`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Calls,
    Duration,
    Rows,
}

/// What stands before and after the share in the help text of a sample.
pub(crate) const SAMPLE_HELP: [&str; 2] = [
    " Of a random sample: ",
    " of all calls, which function_calls_total counts.",
];

/// A label that the macro fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Function,
    Module,
    Model,
    Operation,
}

impl Label {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Module => "module",
            Self::Model => "model",
            Self::Operation => "operation",
        }
    }

    /// Kept when the family has an own name; where a call stands is not what
    /// such a family is about.
    pub(crate) const fn survives_own_name(self) -> bool {
        matches!(self, Self::Model | Self::Operation)
    }
}
