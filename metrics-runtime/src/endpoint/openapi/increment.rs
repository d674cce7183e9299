//! `POST /increment`, with the families that this instance lets be recorded into.

use super::super::increment::{LONGEST_VALUE, families};
use super::super::router::Surface;
use super::operation::{error, ok, responses};
use crate::config::Route;
use crate::desc::Kind;
use crate::record::FamilyCore;
use serde_json::{Map, Value, json};

pub(super) fn operation() -> Value {
    let item = "#/components/schemas/Item";
    json!({"post": {
        "operationId": "increment",
        "summary": "Records into families that are open to it; all of it, or nothing",
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"oneOf": [
                {"$ref": item},
                {"type": "array", "items": {"$ref": item}, "maxItems": 1_000},
            ]}}},
        },
        "responses": responses([
            ("200", ok("Applied")),
            ("400", error("The body can't be read.")),
            ("408", error("The body didn't come in time.")),
            ("409", error("Metrics are turned off.")),
            ("413", error("The body is too long.")),
            ("415", error("The body isn't plain JSON.")),
            ("422", error("An item can't be recorded.")),
        ]),
    }})
}

/// A schema for each family that is open.
pub(super) fn items(surface: &Surface) -> Value {
    if !surface.routes.contains(&Route::Increment) {
        return json!({"type": "object"});
    }
    let families = families(surface.metrics.registry());
    let mut families: Vec<_> = families.iter().collect();
    families.sort_unstable_by_key(|(name, _)| name.as_str());
    let largest = surface.endpoints.largest_step;
    let items = families.iter();
    let items: Vec<Value> = items
        .map(|(name, family)| item(name, family, largest))
        .collect();
    json!({ "anyOf": items })
}

fn item(name: &str, family: &FamilyCore, largest: f64) -> Value {
    let mut labels = Map::new();
    let remote = family.schema.remote.unwrap_or_default();
    for (label, values) in family.schema.labels.iter().zip(remote) {
        let schema = match values {
            Some(values) => json!({"type": "string", "enum": values}),
            None => json!({"type": "string", "maxLength": LONGEST_VALUE}),
        };
        labels.insert(label.as_str().to_owned(), schema);
    }
    let names: Vec<String> = labels.keys().cloned().collect();
    let (value, needed) = match family.schema.kind {
        Kind::Gauge => (
            json!({"type": "number", "minimum": -largest, "maximum": largest}),
            false,
        ),
        Kind::Histogram => (
            json!({"type": "number", "minimum": 0, "maximum": largest}),
            true,
        ),
        _ => (
            json!({"type": "integer", "minimum": 0, "maximum": largest}),
            false,
        ),
    };
    let mut required = vec!["metric"];
    required.extend((!names.is_empty()).then_some("labels"));
    required.extend(needed.then_some("value"));
    json!({
        "type": "object",
        "description": family.schema.help,
        "properties": {
            "metric": {"const": name},
            "value": value,
            "labels": {
                "type": "object", "properties": labels, "required": names,
                "additionalProperties": false,
            },
        },
        "required": required,
        "additionalProperties": false,
    })
}
