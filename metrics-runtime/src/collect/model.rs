//! A family as a collector gives it.

/// The kind of a collected family.
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

/// A family.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Family {
    /// As the text format has it: that of a counter may end in `_total`, that of
    /// an info ends in `_info`.
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    /// The unit that the name ends in (before `_total`); empty for none.
    pub(crate) unit: String,
    pub(crate) metrics: Vec<Metric>,
}

/// One label set of a family.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metric {
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: Value,
    /// Milliseconds of Unix; most have none.
    pub(crate) timestamp: Option<i64>,
    /// Milliseconds of Unix at which a counter, histogram or summary began.
    pub(crate) created: Option<u64>,
}

/// What a label set holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Of a counter, gauge, info (always one) or unknown.
    Number(f64),
    Histogram {
        /// Finite upper bounds, rising, and the observations up to each.
        buckets: Vec<(f64, u64)>,
        sum: f64,
        count: u64,
    },
    Summary {
        /// Rising quantiles and their values.
        quantiles: Vec<(f64, f64)>,
        sum: f64,
        count: u64,
    },
    /// Each state, and whether it holds.
    States(Vec<(String, bool)>),
}
