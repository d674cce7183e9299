use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use metrics_runtime::{counted, timed};
use serde::Deserialize;

use crate::app::App;
use crate::domain;
use crate::error::ShopError;
use crate::store::Product;

/// `GET /products`
#[timed]
#[counted]
pub(crate) async fn list_products(State(app): State<App>) -> Result<Json<Vec<Product>>, ShopError> {
    Ok(Json(app.store.products.list().await?))
}

/// `GET /products/export`: a line of JSON for each product.
#[timed]
#[counted]
pub(crate) async fn export_products(State(app): State<App>) -> Response {
    let lines = Body::from_stream(domain::export(app.store.products));
    ([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
}

/// `GET /products/{id}`
#[timed]
#[counted]
pub(crate) async fn show_product(
    State(app): State<App>,
    Path(id): Path<i64>,
) -> Result<Json<Product>, ShopError> {
    let product = app.store.products.find(id).await?;
    product.map(Json).ok_or(ShopError::NotFound("product"))
}

#[derive(Deserialize)]
pub(crate) struct Search {
    text: String,
}

/// `GET /products/search?text=tea`
#[timed]
#[counted]
pub(crate) async fn search_products(
    State(app): State<App>,
    Query(Search { text }): Query<Search>,
) -> Result<Json<Vec<Product>>, ShopError> {
    Ok(Json(domain::search(&app.store.products, &text).await?))
}

/// `GET /products/recommended`
#[timed]
#[counted]
pub(crate) async fn recommend_products(
    State(app): State<App>,
) -> Result<Json<Vec<Product>>, ShopError> {
    let products = app.store.products.list().await?;
    Ok(Json(app.recommender.recommend(products)?))
}

#[derive(Deserialize)]
pub(crate) struct Delivery {
    quantity: u32,
}

/// `POST /products/{id}/deliveries`
#[timed]
#[counted]
pub(crate) async fn restock_product(
    State(app): State<App>,
    Path(id): Path<i64>,
    Json(Delivery { quantity }): Json<Delivery>,
) -> Result<StatusCode, ShopError> {
    match app.store.products.restock(id, quantity).await? {
        0 => Err(ShopError::NotFound("product")),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
