//! Operations: what is asked and what is answered.

use super::super::query::MOST;
use serde_json::{Map, Value, json};

/// The answers that every route can give, beside its own. What access control says, and
/// the server itself of what no route sees, has no form that is promised.
pub(super) fn responses<const N: usize>(own: [(&str, Value); N]) -> Value {
    let told = |description: &str| json!({ "description": description });
    let mut all = Map::from_iter([
        ("401".to_owned(), told("The caller isn't known.")),
        ("403".to_owned(), told("The caller may not.")),
        ("405".to_owned(), error("Another method.")),
        (
            "414".to_owned(),
            told("The server takes no address so long; ask for less at once."),
        ),
        (
            "429".to_owned(),
            told("The caller has to wait, see `Retry-After`."),
        ),
        ("500".to_owned(), error("The answer couldn't be made.")),
        (
            "503".to_owned(),
            error("Too many are asking; see `Retry-After`."),
        ),
    ]);
    all.extend(own.map(|(status, answer)| (status.to_owned(), answer)));
    Value::Object(all)
}

/// A refusal.
pub(super) fn error(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    })
}

/// An answer of this schema.
pub(super) fn ok(schema: &str) -> Value {
    let schema = format!("#/components/schemas/{schema}");
    json!({
        "description": "As asked.",
        "content": {"application/json": {"schema": {"$ref": schema}}},
    })
}

/// A route that is read without parameters.
pub(super) fn json(id: &str, summary: &str, schema: &str) -> Value {
    json!({"get": {
        "operationId": id,
        "summary": summary,
        "responses": responses([("200", ok(schema))]),
    }})
}

pub(super) fn exposition() -> Value {
    let text = |description: &str| {
        json!({
            "description": description,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        })
    };
    json!({"get": {
        "operationId": "exposition",
        "summary": "The page that Prometheus reads",
        "parameters": [
            {
                "name": "name[]", "in": "query", "required": false,
                "description": "The families to serve; all if there are none.",
                "schema": {"type": "array", "items": {"type": "string"}},
                "style": "form", "explode": true,
            },
            {
                "name": "format", "in": "query", "required": false,
                "description": "The format, above `Accept`.",
                "schema": {"type": "string", "enum": ["text", "openmetrics", "protobuf"]},
            },
        ],
        "responses": responses([
            ("200", json!({
                "description": "The page.",
                "content": {
                    "text/plain": {"schema": {"type": "string"}},
                    "application/openmetrics-text": {"schema": {"type": "string"}},
                    "application/vnd.google.protobuf": {},
                },
            })),
            ("400", text("The query can't be read.")),
            ("405", text("Another method.")),
            ("500", text("The page couldn't be written.")),
            ("503", text("Too many are asking; see `Retry-After`.")),
        ]),
    }})
}

pub(super) fn api() -> Value {
    let list = |name: &str, description: &str, items: Value| {
        json!({
            "name": name, "in": "query", "required": false, "description": description,
            "schema": {"type": "array", "items": items, "maxItems": MOST},
            "style": "form", "explode": true,
        })
    };
    json!({"get": {
        "operationId": "api",
        "summary": "All metrics as JSON",
        "parameters": [
            list(
                "name",
                "Names of families, in which a `*` stands for anything; all if there are none.",
                json!({"type": "string"}),
            ),
            list(
                "label",
                "A label and its value, which series must have.",
                json!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*="}),
            ),
            {
                "name": "kind", "in": "query", "required": false,
                "description": "The kind of the families.",
                "schema": {"$ref": "#/components/schemas/Kind"},
            },
        ],
        "responses": responses([
            ("200", ok("Families")),
            ("400", error("The query can't be read.")),
        ]),
    }})
}

pub(super) fn prometheus_config() -> Value {
    json!({"get": {
        "operationId": "prometheusConfig",
        "summary": "A scrape configuration for this instance, without secrets",
        "responses": responses([("200", json!({
            "description": "A configuration of Prometheus.",
            "content": {"application/yaml": {"schema": {
                "type": "object", "required": ["scrape_configs"],
            }}},
        }))]),
    }})
}
