//! A summary as it is recorded into and served.

use super::shard::Shards;
use crate::collect::model::{Kind, Metric, Value};
use crate::collect::rule::check_family;
use crate::collect::{CollectError, Head, Inline};
use crate::registry::{RegisterError, Registry, dropped_observation};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

struct Observed {
    quantiles: Vec<f64>,
    shards: Shards,
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observed").field(&self.quantiles).finish()
    }
}

impl Inline for Observed {
    fn signature(&self) -> String {
        format!("quantiles {:?}", self.quantiles)
    }

    fn metric(&self) -> Metric {
        let reading = self.shards.read();
        let value = |quantile: f64| {
            let sketch = reading.sketch.as_ref();
            let value = sketch.and_then(|sketch| sketch.quantile(quantile).ok().flatten());
            // What Prometheus' client libraries serve when there is nothing.
            value.unwrap_or(f64::NAN)
        };
        let quantiles = self.quantiles.iter();
        Metric {
            labels: Vec::new(),
            value: Value::Summary {
                quantiles: quantiles.map(|&q| (q, value(q))).collect(),
                sum: reading.sum,
                count: reading.count,
            },
            timestamp: None,
            created: None,
        }
    }
}

/// Observations, of which the sum, the number and some quantiles are served.
///
/// Quantiles of several programs can't be put together; where that matters, take
/// a [`Histogram`](crate::Histogram).
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let sizes = registry.summary("mail_bytes", "Sizes.", &[0.5])?;
/// for size in [100.0, 200.0, 900.0] {
///     sizes.observe(size);
/// }
/// let page = registry.to_text();
/// assert!(page.contains("\nmail_bytes{quantile=\"0.5\"} "));
/// assert!(page.contains("\nmail_bytes_sum 1200\nmail_bytes_count 3\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Summary {
    observed: Arc<Observed>,
}

impl Summary {
    /// Adds an observation. NaN is refused, and counted in
    /// `metrics_dropped_observations_total`; infinite values are in the sum and
    /// the number only.
    pub fn observe(&self, value: f64) {
        if value.is_nan() {
            dropped_observation("nan");
        } else {
            self.observed.shards.observe(value);
        }
    }

    /// Adds a duration, in seconds.
    pub fn observe_duration(&self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }
}

impl Registry {
    /// A summary without labels; the one that exists if it is the same.
    ///
    /// Sum and number are exact and of all times. Quantiles, which may be none,
    /// are within 1 % of an observed value, and of the last five to ten minutes.
    /// Recording never waits: an observation that meets eight others at the very
    /// same time is left out of the quantiles.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family, or
    /// the quantiles don't rise from zero to one.
    pub fn summary(
        &self,
        name: &str,
        help: &str,
        quantiles: &[f64],
    ) -> Result<Summary, RegisterError> {
        check_family(Kind::Summary, name, help)?;
        let within = quantiles.iter().all(|q| (0.0..=1.0).contains(q));
        if !within || !quantiles.is_sorted_by(|a, b| a < b) {
            return Err(RegisterError::from(CollectError::Value {
                family: name.to_owned(),
                expected: "the quantiles of a summary rise from zero to one",
            }));
        }
        let observed = Observed {
            quantiles: quantiles.to_vec(),
            shards: Shards::new(!quantiles.is_empty()),
        };
        let observed = self.declare_inline(Head::new(Kind::Summary, name, help), observed)?;
        Ok(Summary { observed })
    }
}

#[cfg(test)]
mod tests {
    use crate::registry::Registry;

    #[test]
    fn a_summary_is_written_to_the_letter() {
        let registry = Registry::new();
        let sizes = registry
            .summary("size_bytes", "Sizes.", &[0.5, 0.99])
            .unwrap();
        let expected = "\
# HELP size_bytes Sizes.
# TYPE size_bytes summary
size_bytes{quantile=\"0.5\"} NaN
size_bytes{quantile=\"0.99\"} NaN
size_bytes_sum 0
size_bytes_count 0
";
        assert!(registry.to_text().ends_with(expected));
        for value in 1..=1_000_u32 {
            sizes.observe(value.into());
        }
        sizes.observe(f64::NAN);
        let page = registry.to_text();
        let value = |line: &str| -> f64 {
            let line = page.lines().find_map(|given| given.strip_prefix(line));
            line.and_then(|value| value.trim().parse().ok()).unwrap()
        };
        assert!((value("size_bytes{quantile=\"0.5\"}") - 500.0).abs() < 10.0);
        assert!((value("size_bytes{quantile=\"0.99\"}") - 990.0).abs() < 20.0);
        assert!(page.ends_with("size_bytes_sum 500500\nsize_bytes_count 1000\n"));
    }

    #[test]
    fn quantiles_are_checked_and_may_be_none() {
        let registry = Registry::new();
        for quantiles in [&[0.5, 0.5][..], &[1.1], &[f64::NAN], &[0.9, 0.5]] {
            assert!(registry.summary("a", "A.", quantiles).is_err());
        }
        let plain = registry.summary("a", "A.", &[]).unwrap();
        plain.observe(f64::INFINITY);
        assert!(registry.to_text().contains("\na_sum +Inf\na_count 1\n"));
        registry
            .summary("a", "A.", &[])
            .unwrap()
            .observe_duration(std::time::Duration::from_secs(1));
        assert!(registry.to_text().contains("\na_count 2\n"));
        assert!(registry.summary("a", "A.", &[0.5]).is_err());
    }
}
