//! How fine the buckets of a native histogram are.

use crate::desc::DescError;

/// Schemas that native histograms may have: the base of the buckets is
/// 2^(2^-schema).
const COARSEST: i32 = -4;
const FINEST: i32 = 8;

/// The most buckets that may be asked for: a series has cells for a few more at its
/// first schema.
const MOST: u32 = 500;

/// Buckets of a native histogram: each bound is the one before times at most a
/// factor, and they come up as values do.
///
/// ```
/// use metrics_runtime::{NativeBuckets, Registry};
///
/// let registry = Registry::new();
/// let sizes = registry.native_histogram(
///     "reply_size_bytes",
///     "Size of replies in bytes.",
///     NativeBuckets::new(1.1, 160)?,
/// )?;
/// sizes.observe(1_000.0);
/// // Formats without native histograms have powers of four.
/// let page = registry.to_text();
/// assert!(page.contains("reply_size_bytes_bucket{le=\"256\"} 0\n"));
/// assert!(page.contains("reply_size_bytes_bucket{le=\"1024\"} 1\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct NativeBuckets {
    /// The most by which a bound is above the one before; above one.
    pub factor: f64,
    /// The most buckets that are served; from 1 to 500.
    pub max: u32,
}

impl NativeBuckets {
    /// Buckets with bounds that rise by at most this factor, and at most so many
    /// of them.
    ///
    /// The base is the greatest of 2^(2^-n) that isn't above the factor, with n
    /// from -4 to 8. When values fall into more than `max` buckets, what is below
    /// a millionth is counted around zero, and then the bounds are thinned out.
    ///
    /// An observation costs half as much again as one of fixed buckets; more where
    /// values spread over more than a hundred buckets.
    ///
    /// # Errors
    ///
    /// [`DescError::NativeBuckets`] when the factor isn't a number above one, or
    /// there are to be no buckets, or more than 500.
    pub fn new(factor: f64, max: u32) -> Result<Self, DescError> {
        Self { factor, max }.checked()
    }

    /// As [`new`](Self::new), for what stands in a description.
    pub(crate) const fn unchecked(factor: f64, max: u32) -> Self {
        Self { factor, max }
    }

    pub(crate) fn checked(self) -> Result<Self, DescError> {
        let Self { factor, max } = self;
        if factor.is_finite() && factor > 1.0 && max > 0 && max <= MOST {
            Ok(self)
        } else {
            Err(DescError::NativeBuckets { factor, max })
        }
    }

    /// The lowest schema whose base isn't above the factor.
    pub(crate) fn schema(self) -> i32 {
        let base = |schema: &i32| f64::from(-schema).exp2().exp2();
        let mut schemas = COARSEST..FINEST;
        schemas
            .find(|schema| base(schema) <= self.factor)
            .unwrap_or(FINEST)
    }
}

impl Default for NativeBuckets {
    /// A factor of 1.1, and 160 buckets.
    fn default() -> Self {
        Self::unchecked(1.1, 160)
    }
}

#[cfg(test)]
mod tests {
    use super::NativeBuckets;
    use crate::desc::DescError;

    // Mutation: `schema` compares with `<`; the factors that are bases fail.
    #[test]
    fn the_schema_is_that_of_prometheus_client_libraries() {
        for (factor, schema) in [
            (1.000_01, 8),
            (1.003, 8),
            (1.01, 7),
            (1.1, 3),
            (1.2, 2),
            (1.5, 1),
            (2.0, 0),
            (3.999, 0),
            (4.0, -1),
            (16.0, -2),
            (256.0, -3),
            (65_536.0, -4),
            (1e300, -4),
        ] {
            let buckets = NativeBuckets::new(factor, 1).expect("it is valid");
            assert_eq!(buckets.schema(), schema, "{factor}");
        }
    }

    #[test]
    fn refuses_a_factor_that_does_not_rise() {
        for (factor, max) in [
            (1.0, 160),
            (0.0, 160),
            (f64::NAN, 160),
            (f64::INFINITY, 160),
            (1.1, 0),
            (1.1, 501),
        ] {
            let made = NativeBuckets::new(factor, max);
            assert!(matches!(made, Err(DescError::NativeBuckets { .. })));
        }
    }
}
