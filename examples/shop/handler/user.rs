use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use metrics_runtime::{counted, timed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::account::{self, Credentials};
use crate::domain::session;
use crate::error::ShopError;

#[derive(Deserialize)]
pub(crate) struct Registration {
    name: String,
    password: String,
}

/// `POST /users`
#[timed(busy)]
#[counted]
pub(crate) async fn register_user(
    State(app): State<App>,
    Json(Registration { name, password }): Json<Registration>,
) -> Result<(StatusCode, Json<Value>), ShopError> {
    let id = account::register(&app.store, &name, &password).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// `POST /sessions`
#[timed(busy)]
#[counted]
pub(crate) async fn open_session(
    State(app): State<App>,
    Json(credentials): Json<Credentials>,
) -> Result<(StatusCode, Json<Value>), ShopError> {
    let token = account::log_in(&app.store, credentials).await?;
    Ok((StatusCode::CREATED, Json(json!({ "token": token }))))
}

/// `DELETE /sessions`
#[timed]
#[counted]
pub(crate) async fn close_session(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<StatusCode, ShopError> {
    session::close(&app.store, &headers).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct LinkRequest {
    name: String,
}

/// `POST /sessions/links`
#[timed]
#[counted]
pub(crate) async fn request_link(
    State(app): State<App>,
    Json(LinkRequest { name }): Json<LinkRequest>,
) -> Result<StatusCode, ShopError> {
    account::request_link(&app.store, &name).await?;
    Ok(StatusCode::ACCEPTED)
}
