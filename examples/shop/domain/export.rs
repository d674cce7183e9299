//! The whole range, without ever having the whole range in memory.

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use metrics_runtime::timed;
use serde_json::json;

use crate::store::{Product, ProductRepository};

/// So many products are read at a time.
const PAGE: u32 = 3;

/// The products by id, each as a line of JSON.
#[timed(stream)]
pub(crate) fn export(products: ProductRepository) -> impl Stream<Item = sqlx::Result<String>> {
    stream::try_unfold(0, move |last| next_page(products.clone(), last))
        .map_ok(|page| stream::iter(page).map(Ok))
        .try_flatten()
        .map_ok(|product| format!("{}\n", json!(product)))
}

/// The products after the one with the id `last`, and the last id of those.
async fn next_page(
    products: ProductRepository,
    last: i64,
) -> sqlx::Result<Option<(Vec<Product>, i64)>> {
    let page = products.page(last, PAGE).await?;
    let last = page.last().map(|product| product.id);
    Ok(last.map(|last| (page, last)))
}
