//! What the cells of histograms hold.

/// What the cells of a histogram hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Durations, kept as integer nanoseconds and exposed in seconds.
    Seconds,
    /// Any value, kept as a double.
    Value,
}

impl Unit {
    /// The sum that a slab's cell and another one make.
    pub(crate) fn add(self, sum: u64, cell: u64) -> u64 {
        match self {
            Self::Seconds => sum.wrapping_add(cell),
            Self::Value => (f64::from_bits(sum) + f64::from_bits(cell)).to_bits(),
        }
    }

    /// A sum as it is served.
    pub(crate) fn value(self, sum: u64) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a double of seconds is what the formats hold"
            )]
            Self::Seconds => sum as f64 / 1e9,
            Self::Value => f64::from_bits(sum),
        }
    }
}
