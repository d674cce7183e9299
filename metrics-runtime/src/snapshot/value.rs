//! What a series holds.

/// The value of a series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SeriesValue {
    /// Of a counter, a gauge, an info (always one), or of unknown kind.
    Number(f64),
    /// Of a histogram.
    Histogram(HistogramValue),
    /// Of a summary.
    Summary(SummaryValue),
    /// Of a state set: each state, and whether it holds.
    States(Vec<(String, bool)>),
}

/// The observations of a histogram, in seconds if it is one of durations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HistogramValue {
    /// Finite upper bounds, rising, and the observations up to each of them.
    pub buckets: Vec<(f64, u64)>,
    /// The sum of all observations.
    pub sum: f64,
    /// How many there are.
    pub count: u64,
    /// The native buckets, if it has some.
    pub native: Option<NativeValue>,
}

/// The buckets of a native histogram, as Prometheus has them: that of the key k holds
/// what is above b^(k-1) and not above b^k, where b is 2^(2^-schema).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NativeValue {
    /// How fine the buckets are.
    pub schema: i32,
    /// The bucket around zero reaches so far in both directions.
    pub zero_threshold: f64,
    /// Observations in it.
    pub zero_count: u64,
    /// Keys and observations of the buckets above zero that aren't empty.
    pub positive: Vec<(i32, u64)>,
    /// Those of the absolute values of what is below zero.
    pub negative: Vec<(i32, u64)>,
    /// All observations in native buckets.
    pub count: u64,
}

/// The quantiles of a summary.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SummaryValue {
    /// Rising quantiles and their values.
    pub quantiles: Vec<(f64, f64)>,
    /// The sum of all observations.
    pub sum: f64,
    /// How many there are.
    pub count: u64,
}
