//! Products that somebody looked at lately.

use std::time::Duration;

use metrics_runtime::track_cache;
use moka::sync::Cache;

use super::Product;

/// A reader that is overtaken by a sale may put back what it read before; for
/// so long at most, the wrong stock is shown. Whether an order can be filled
/// is asked of the database alone.
const LIFETIME: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct ProductCache {
    products: Cache<i64, Product>,
}

#[track_cache(cache = "products")]
impl ProductCache {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(1_000);
        Self {
            products: cache.time_to_live(LIFETIME).build(),
        }
    }

    #[track_cache(get)]
    pub(super) fn get(&self, id: i64) -> Option<Product> {
        self.products.get(&id)
    }

    #[track_cache(set)]
    pub(super) fn set(&self, product: Product) {
        self.products.insert(product.id, product);
    }

    #[track_cache(delete)]
    pub(super) fn delete(&self, id: i64) {
        self.products.invalidate(&id);
    }
}
