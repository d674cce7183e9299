use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use metrics_runtime::{counted, timed};
use serde::Deserialize;

use crate::app::App;
use crate::domain::session;
use crate::error::ShopError;

#[derive(Deserialize)]
pub(crate) struct Rating {
    stars: u8,
}

/// `PUT /products/{id}/rating`
#[timed]
#[counted]
pub(crate) async fn rate_product(
    State(app): State<App>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Json(Rating { stars }): Json<Rating>,
) -> Result<StatusCode, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let product = app.store.products.find(id).await?;
    let product = product.ok_or(ShopError::NotFound("product"))?;
    if !(1..=5).contains(&stars) {
        return Err(ShopError::NoSuchRating);
    }
    if app.store.ratings.put(product.id, user_id, stars).await? {
        Ok(StatusCode::CREATED)
    } else {
        Ok(StatusCode::NO_CONTENT)
    }
}
