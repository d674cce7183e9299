//! Search, the slow page of the shop.

use std::time::Duration;

use metrics_runtime::timed;
use tokio::time;

use crate::store::{Product, ProductRepository};

/// What the index takes for each letter that is looked up.
const DELAY_PER_LETTER: Duration = Duration::from_millis(20);

/// The longest text that is looked up; the rest of it is ignored.
const MOST_LETTERS: usize = 10;

/// The products whose name contains `text`.
#[timed(
    name = "search_duration_seconds",
    help = "Time to search the products.",
    when = !text.is_empty(), // All products are listed, not searched.
    buckets = [0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 1.0]
)]
pub(crate) async fn search(products: &ProductRepository, text: &str) -> sqlx::Result<Vec<Product>> {
    let mut delay = Duration::ZERO;
    let text: String = text
        .chars()
        .take(MOST_LETTERS)
        .inspect(|_| delay += DELAY_PER_LETTER)
        .collect();
    time::sleep(delay).await;
    products.search(&text).await
}
