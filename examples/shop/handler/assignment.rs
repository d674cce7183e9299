use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use metrics_runtime::{counted, timed};
use serde::Deserialize;

use crate::app::App;
use crate::domain::assignment::{self, Review, Submitted};
use crate::domain::session;
use crate::error::ShopError;

#[derive(Deserialize)]
pub(crate) struct Submission {
    text: String,
}

/// `POST /assignments/{id}/submissions`
#[timed]
#[counted]
pub(crate) async fn submit_assignment(
    State(app): State<App>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Json(Submission { text }): Json<Submission>,
) -> Result<(StatusCode, Json<Submitted>), ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let submitted = assignment::submit(&app.store, user_id, id, text).await?;
    Ok((StatusCode::CREATED, Json(submitted)))
}

/// `PUT /submissions/{id}/review`
#[timed]
#[counted]
pub(crate) async fn review_submission(
    State(app): State<App>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Json(review): Json<Review>,
) -> Result<StatusCode, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    assignment::review(&app.store, user_id, id, review).await?;
    Ok(StatusCode::NO_CONTENT)
}
