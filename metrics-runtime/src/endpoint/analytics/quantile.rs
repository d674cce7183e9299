//! Quantiles of fixed buckets.

/// The quantile of observations, as `histogram_quantile` of Prometheus has it: linear
/// within a bucket, from zero on in the first one, and the highest bound for what is above
/// all of them. `counts` are those of each bucket alone, the one up to `+Inf` last; `None`
/// without observations.
pub(super) fn quantile(q: f64, bounds: &[f64], counts: &[f64]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let rank = q * total;
    let mut before = 0.0;
    let mut lower = 0.0;
    for (index, (&upper, &count)) in bounds.iter().zip(counts).enumerate() {
        if before + count >= rank && count > 0.0 {
            if index == 0 && upper <= 0.0 {
                return Some(upper);
            }
            return Some(lower + (upper - lower) * ((rank - before) / count));
        }
        before += count;
        lower = upper;
    }
    bounds.last().copied()
}

#[cfg(test)]
mod tests {
    use super::quantile;

    // The expected values are those of `histogram_quantile` in Prometheus.
    // Mutation: the first bucket begins at its bound.
    #[test]
    fn quantiles_are_linear_within_a_bucket() {
        let bounds = [0.1, 0.2, 0.5];
        let of = |q, counts: &[f64]| quantile(q, &bounds, counts);
        let near = |value: Option<f64>, expected: f64| {
            assert!(
                value.is_some_and(|it| (it - expected).abs() < 1e-12),
                "{value:?} {expected}"
            );
        };
        near(of(0.5, &[10.0, 0.0, 0.0, 0.0]), 0.05);
        near(of(0.5, &[0.0, 10.0, 0.0, 0.0]), 0.15);
        near(of(0.95, &[50.0, 40.0, 10.0, 0.0]), 0.35);
        near(of(0.99, &[1.0, 0.0, 0.0, 99.0]), 0.5);
        near(of(1.0, &[1.0, 1.0, 0.0, 0.0]), 0.2);
        near(of(0.5, &[1.0, 0.0, 1.0, 0.0]), 0.1);
        assert_eq!(of(0.5, &[0.0; 4]), None);
        assert_eq!(quantile(0.5, &[-1.0, 1.0], &[2.0, 0.0, 0.0]), Some(-1.0));
    }
}
