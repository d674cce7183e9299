use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use metrics_runtime::{counted, timed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::business::{EventAction, EventCategory, Source, family};
use crate::domain::visit;
use crate::error::ShopError;

#[derive(Deserialize)]
pub(crate) struct Visit {
    source: Source,
    /// The id that an earlier visit was answered.
    visitor: Option<String>,
}

/// `POST /visits`
#[timed]
#[counted]
pub(crate) async fn begin_visit(
    State(app): State<App>,
    Json(Visit { source, visitor }): Json<Visit>,
) -> Result<(StatusCode, Json<Value>), ShopError> {
    if let Some(id) = visitor {
        visit::welcome_back(&app.store, id.clone()).await?;
        return Ok((StatusCode::OK, Json(json!({ "visitor": id }))));
    }
    let id = visit::welcome(&app.store, source).await?;
    Ok((StatusCode::CREATED, Json(json!({ "visitor": id }))))
}

#[derive(Deserialize)]
pub(crate) struct Event {
    category: EventCategory,
    action: EventAction,
}

/// `POST /events`: what a page reports of its visitor.
#[timed]
#[counted]
pub(crate) async fn report_event(Json(Event { category, action }): Json<Event>) -> StatusCode {
    family::analytics_events_total(category, action).inc();
    StatusCode::NO_CONTENT
}
