use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use metrics_runtime::{counted, timed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::session;
use crate::error::ShopError;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    hosts: String,
    ports: String,
}

/// `POST /scans`: `{"hosts": "127.0.0.1", "ports": "1-1024"}`
#[timed]
#[counted]
pub(crate) async fn start_scan(
    State(app): State<App>,
    headers: HeaderMap,
    Json(Wanted { hosts, ports }): Json<Wanted>,
) -> Result<(StatusCode, Json<Value>), ShopError> {
    session::authenticate(&app.store, &headers).await?;
    let id = app.scans.start(&hosts, &ports)?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id }))))
}

/// `GET /scans/{id}`: how far the scan is, and what it has found.
#[timed]
#[counted]
pub(crate) async fn show_scan(
    State(app): State<App>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, ShopError> {
    session::authenticate(&app.store, &headers).await?;
    let (running, report) = app.scans.find(id).ok_or(ShopError::NotFound("scan"))?;
    Ok(Json(json!({
        "running": running,
        "probed": report.probed(),
        "total": report.total,
        "found": report.found,
    })))
}
