//! The attributes, one data row each.

mod counted;
mod health_check;
mod in_progress;
mod metrics;
mod timed;
mod track_cache;
mod track_model;
mod track_query;
mod track_task;

pub(crate) use counted::COUNTED;
pub(crate) use health_check::HEALTH_CHECK;
pub(crate) use in_progress::IN_PROGRESS;
pub(crate) use metrics::METRICS;
pub(crate) use timed::TIMED;
pub(crate) use track_cache::TRACK_CACHE;
pub(crate) use track_model::TRACK_MODEL;
pub(crate) use track_query::TRACK_QUERY;
pub(crate) use track_task::TRACK_TASK;

use crate::options::Key;

/// Every attribute of functions; one that stands on a function beside another is absorbed
/// by the outermost.
pub(crate) static ALL: &[&Attribute] = &[
    &COUNTED,
    &IN_PROGRESS,
    &TIMED,
    &TRACK_CACHE,
    &TRACK_MODEL,
    &TRACK_QUERY,
    &TRACK_TASK,
];

/// What an attribute records, and which options it takes.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// Words of which a function gives one, such as `insert`.
    pub(crate) operations: &'static [&'static str],
    pub(crate) block: Block,
    /// Options beside the common ones and texts.
    pub(crate) options: &'static [Key],
    /// Options that are the value of a label.
    pub(crate) texts: &'static [Text],
    pub(crate) instruments: &'static [Instrument],
    /// What is recorded when an option is given.
    pub(crate) beside: &'static [Beside],
}

/// What an attribute means on an `impl` block, a trait or a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// It applies to every method.
    EveryMethod,
    /// It gives its options to the methods below that have it too.
    Defaults,
}

/// An option that is the value of the label with its name.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) name: &'static str,
    pub(crate) default: Default,
}

/// The value of a text that isn't given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    /// It must be given, on the function or the `impl` block.
    None,
    Word(&'static str),
    /// The function's name.
    Function,
    /// What the type of the method is the repository of.
    Model,
}

/// What an option records, into the plain families of functions.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) option: Key,
    /// The runtime's function that an entered call goes through.
    pub(crate) wrapper: Option<&'static str>,
    pub(crate) instruments: &'static [Instrument],
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
    /// Recorded for these operations only; for all if there are none.
    pub(crate) operations: &'static [&'static str],
    /// Help of a family with an own name.
    pub(crate) help: &'static str,
}

impl Instrument {
    pub(crate) const fn is_by_outcome(&self) -> bool {
        self.by_outcome
    }

    /// Whether an error's label belongs to it.
    pub(crate) const fn tells_errors(&self) -> bool {
        self.by_outcome || matches!(self.record, Record::Errors)
    }
}

/// A plain family of functions.
const fn of_function(
    family: &'static str,
    kind: Kind,
    record: Record,
    by_outcome: bool,
) -> Instrument {
    Instrument {
        builtin: ["function", family],
        kind,
        record,
        labels: &[Label::Function, Label::Module],
        by_outcome,
        operations: &[],
        help: "",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Duration,
    Gauge,
    Histogram,
    InProgress,
}

/// What is added to a series; the names are those of the runtime's `Record`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Busy,
    Calls,
    Created,
    Duration,
    Errors,
    Hits,
    Idle,
    InProgress,
    Items,
    LastSuccess,
    LongestPoll,
    Misses,
    Oldest,
    Queries,
    Replaced,
    Rows,
    Slow,
    Successes,
}

impl Record {
    /// Whether it counts rows.
    pub(crate) const fn is_of_rows(self) -> bool {
        matches!(self, Self::Rows | Self::Created | Self::Replaced)
    }

    /// Whether it tells calls that went well from those that failed.
    pub(crate) const fn is_by_success(self) -> bool {
        matches!(
            self,
            Self::Rows | Self::Successes | Self::Errors | Self::LastSuccess
        )
    }

    /// Whether it asks what a look-up has found.
    pub(crate) const fn is_of_hits(self) -> bool {
        matches!(self, Self::Hits | Self::Misses)
    }

    /// Whether it asks if the call has made something.
    pub(crate) const fn is_of_creation(self) -> bool {
        matches!(self, Self::Created | Self::Replaced)
    }
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
    Operation,
    /// The option of this name.
    Text(&'static str),
}

impl Label {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Module => "module",
            Self::Operation => "operation",
            Self::Text(name) => name,
        }
    }

    /// Kept when the family has an own name; where a call stands is not what
    /// such a family is about.
    pub(crate) const fn survives_own_name(self) -> bool {
        matches!(self, Self::Operation | Self::Text(_))
    }
}

impl Attribute {
    /// Whether a container that it stands on gives a model its name.
    pub(crate) fn names_model(&self) -> bool {
        self.texts.iter().any(|text| text.default == Default::Model)
    }

    /// The instruments of a function with this operation.
    pub(crate) fn instruments_of(
        &self,
        operation: Option<&str>,
    ) -> impl Iterator<Item = &'static Instrument> {
        let instruments = self.instruments.iter();
        instruments.filter(move |instrument| {
            let operations = instrument.operations;
            operations.is_empty() || operation.is_some_and(|own| operations.contains(&own))
        })
    }
}
