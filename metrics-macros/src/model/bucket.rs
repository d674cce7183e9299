//! The buckets of a histogram, decided.

use crate::options::{Buckets, Native};

/// What the description says of the buckets.
#[derive(Clone, PartialEq)]
pub(crate) enum BucketModel {
    /// Upper bounds.
    Listed(Vec<f64>),
    /// Those of a native histogram.
    Native(Native),
}

impl BucketModel {
    pub(crate) fn of(buckets: &Buckets) -> Self {
        match buckets {
            Buckets::Listed { bounds, .. } => {
                Self::Listed(bounds.iter().map(|(bound, _)| *bound).collect())
            }
            Buckets::Native(native) => Self::Native(*native),
        }
    }
}
