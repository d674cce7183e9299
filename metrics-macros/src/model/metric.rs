//! One family that a call site records into.

use super::BucketModel;
use crate::attribute::{Instrument, Kind, Record, SAMPLE_HELP};
use crate::options::Options;

/// A family, what is added to it, and where its label values come from.
pub(crate) struct Metric {
    pub(crate) family: Family,
    pub(crate) record: Record,
    /// In nanoseconds, from when on a call is slow; zero is the runtime's default.
    pub(crate) slow: u64,
    /// In the order of the family's labels, `outcome` aside.
    pub(crate) labels: Vec<Source>,
}

/// Where a label's value comes from.
#[derive(Clone, PartialEq)]
pub(crate) enum Source {
    Constant(String),
    /// The name of the function, as the site has it.
    Function,
    /// The module's path, which only the compiler knows.
    Module,
    /// The nth argument of the site.
    Argument(usize),
    /// The nth value that is read from what the call returns.
    Returned(usize),
}

/// The family's description.
#[derive(PartialEq)]
pub(crate) enum Family {
    /// As the runtime has it.
    BuiltIn([&'static str; 2]),
    /// The runtime's, with another name, labels and buckets.
    Prefixed {
        builtin: [&'static str; 2],
        prefix: String,
        labels: Vec<String>,
        buckets: Option<BucketModel>,
    },
    /// The user's.
    Own {
        kind: Kind,
        name: String,
        help: String,
        labels: Vec<String>,
        by_outcome: bool,
        buckets: Option<BucketModel>,
    },
}

impl Family {
    /// The family of an instrument under these options, with these labels.
    pub(crate) fn of(instrument: &Instrument, options: &Options, labels: Vec<String>) -> Self {
        let timed = instrument.kind == Kind::Duration;
        let buckets = options.buckets.as_ref().filter(|_| timed);
        let buckets = buckets.map(|given| BucketModel::of(&given.value));
        let builtin = instrument.builtin;
        if let Some(name) = &options.name {
            let help = options.help.as_ref().map(|given| given.value.value());
            let mut help = help.unwrap_or_else(|| instrument.help.to_owned());
            if let Some(sample) = options.sample.as_ref().filter(|_| timed) {
                let [before, after] = SAMPLE_HELP;
                help.push_str(before);
                help.push_str(&sample.value.0.to_string());
                help.push_str(after);
            }
            Self::Own {
                kind: instrument.kind,
                name: name.value.value(),
                help,
                labels,
                by_outcome: instrument.by_outcome,
                buckets,
            }
        } else if let Some(prefix) = &options.prefix {
            Self::Prefixed {
                builtin,
                prefix: prefix.value.value(),
                labels,
                buckets,
            }
        } else {
            Self::BuiltIn(builtin)
        }
    }
}
