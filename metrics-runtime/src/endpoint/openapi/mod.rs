//! `GET /openapi.json`: a description of what this instance serves, in `OpenAPI` 3.1.

#[cfg(not(feature = "health"))]
#[path = "health/off.rs"]
mod health;
#[cfg(feature = "health")]
#[path = "health/on.rs"]
mod health;
mod increment;
mod operation;
mod schema;

use super::access;
use super::answer::Answer;
use super::router::{Surface, path};
use crate::config::Route;
use serde_json::{Map, Value, json};

/// The document; the routes are below `prefix`.
pub(super) fn answer(surface: &Surface, prefix: &str) -> Answer {
    Answer::json(&document(surface, prefix))
}

fn document(surface: &Surface, prefix: &str) -> Value {
    let mut paths = Map::new();
    for &route in &surface.routes {
        let at = format!("{prefix}{}", path(route));
        let at = if at.is_empty() { "/".to_owned() } else { at };
        let item = match route {
            Route::Exposition => operation::exposition(),
            Route::Status => operation::json("status", "How the toolkit itself does", "Status"),
            Route::Api => operation::api(),
            Route::Analytics => {
                let summary = "Rates, shares of errors and quantiles of the last minutes";
                operation::json("analytics", summary, "Analytics")
            }
            Route::System => operation::json("system", "The process and its host", "System"),
            Route::Increment => increment::operation(),
            Route::PrometheusConfig => operation::prometheus_config(),
            Route::OpenApi => operation::json("openapi", "This document", "Document"),
        };
        paths.insert(at, item);
    }
    paths.extend(health::paths(&surface.metrics));
    let schemes = [json!({"bearer": []}), json!({"token": []})];
    let open = (!access::wants_token(&surface.metrics)).then(|| json!({}));
    let security: Vec<Value> = open.into_iter().chain(schemes).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Metrics",
            "description": "Prometheus metrics of this program, and what belongs to them.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "security": security,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Metrics-Token"},
            },
            "schemas": schema::all(&increment::items(surface)),
        },
    })
}
