//! What a registry's pages must hold, kept a second time.

mod compare;
mod exemplar;
mod expected;
mod native;
mod read;

pub(crate) use compare::{Key, Number, Sample, Shown, Wanted, compare, key, same};
pub(crate) use exemplar::{Exemplar, Rule};
pub(crate) use native::Native;
pub(crate) use read::{of_page, of_protobuf, of_reader};

use metrics_runtime::Format;
use std::collections::{BTreeMap, BTreeSet};

/// Labels, by name.
pub(crate) type Labels = BTreeMap<String, String>;

/// What is in a registry.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) families: Vec<Family>,
    /// The collectors, and whether what they give is valid.
    pub(crate) collectors: BTreeMap<String, bool>,
    /// Families of collectors that clash with others.
    pub(crate) shadowed: BTreeSet<String>,
}

/// A family of the registry.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// As the text format has it.
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) series: Vec<(Labels, Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    Info,
    StateSet,
    Unknown,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(f64),
    /// What was added to a counter, and beside which exemplars.
    Counted {
        total: f64,
        exemplars: Vec<Exemplar>,
    },
    /// What was observed, in this order.
    Observed {
        buckets: Buckets,
        observed: Vec<Observation>,
    },
    /// A histogram that was counted elsewhere.
    Histogram {
        buckets: Vec<(f64, u64)>,
        sum: f64,
        count: u64,
    },
    Summary {
        quantiles: Vec<(f64, Wanted)>,
        sum: f64,
        count: u64,
    },
    States(Vec<(String, bool)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) value: f64,
    /// The labels of its exemplar.
    pub(crate) exemplar: Option<Labels>,
}

/// Of a histogram that is recorded into.
#[derive(Clone, Debug)]
pub(crate) enum Buckets {
    Fixed(Vec<f64>),
    Native(Native),
}

impl Kind {
    /// The word for it in a format, as far as the format has one.
    pub(crate) fn word(self, format: Format) -> &'static str {
        let openmetrics = format == Format::OpenMetrics;
        match self {
            Self::Counter => "counter",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Info if openmetrics => "info",
            Self::StateSet if openmetrics => "stateset",
            Self::Unknown if openmetrics => "unknown",
            Self::Unknown => "untyped",
            Self::Gauge | Self::Info | Self::StateSet => "gauge",
        }
    }
}

/// A count as a number of the formats.
#[expect(clippy::cast_precision_loss, reason = "the formats hold doubles")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

/// Leaves out what the toolkit says about itself.
fn own(name: &str) -> bool {
    !name.starts_with("metrics_")
}
