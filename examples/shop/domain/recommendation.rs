//! Recommendations, from a service that is out of order now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics_runtime::timed;
use thiserror::Error;

use crate::store::Product;

/// Every tenth call fails.
const FAILS_EVERY: u64 = 10;

#[derive(Debug, Error)]
#[error("the recommendations are out of order")]
pub(crate) struct RecommendationError;

#[derive(Clone, Default)]
pub(crate) struct Recommender {
    calls: Arc<AtomicU64>,
}

impl Recommender {
    /// The three products of which most is left.
    #[timed]
    pub(crate) fn recommend(
        &self,
        mut products: Vec<Product>,
    ) -> Result<Vec<Product>, RecommendationError> {
        // Relaxed: only the number counts, nothing is published with it.
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call.is_multiple_of(FAILS_EVERY) {
            return Err(RecommendationError);
        }
        products.sort_by_key(|product| std::cmp::Reverse(product.stock));
        products.truncate(3);
        Ok(products)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_every_tenth_call() {
        let recommender = Recommender::default();
        let failures = (0..30)
            .filter(|_| recommender.recommend(Vec::new()).is_err())
            .count();
        assert_eq!(failures, 3);
    }
}
