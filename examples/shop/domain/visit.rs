//! Visits, whoever they are by: what analytics are made of.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use super::errand::see_through;
use super::{moment, secret};
use crate::business::{Source, family, text};
use crate::error::ShopError;
use crate::store::Store;

/// Begins a visit of a visitor who comes for the first time; returns the id under which
/// the visitor will be known.
pub(crate) async fn welcome(store: &Store, source: Source) -> Result<String, ShopError> {
    let id = secret::draw()?;
    let visitors = store.visitors.clone();
    see_through(async move {
        visitors.insert(&id, text(source), moment::now()).await?;
        family::analytics_visitors_total(source).inc();
        family::analytics_sessions_total().inc();
        Ok(id)
    })
    .await
}

/// Begins a visit of a visitor who has been here before.
pub(crate) async fn welcome_back(store: &Store, id: String) -> Result<(), ShopError> {
    let visitors = store.visitors.clone();
    see_through(async move {
        if visitors.come_back(&id).await? == 0 {
            return Err(ShopError::NotFound("visitor"));
        }
        family::analytics_sessions_total().inc();
        Ok(())
    })
    .await
}

/// Middleware that counts pages which are shown, though they may not be read to the end.
pub(crate) async fn count_page(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status().is_success() {
        family::analytics_pageviews_total().inc();
    }
    response
}
