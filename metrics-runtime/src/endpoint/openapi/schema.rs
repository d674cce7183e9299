//! Schemas of what is answered.

use crate::FamilyKind;
use serde_json::{Value, json};

/// All of them; `items` is what `/increment` takes.
pub(super) fn all(items: &Value) -> Value {
    let kinds: Vec<&str> = FamilyKind::ALL.iter().map(|kind| kind.as_str()).collect();
    json!({
        "Error": object(&json!({
            "error": {"type": "string"},
            "item": {"type": "integer", "minimum": 0},
        }), &["error"]),
        "Number": {"oneOf": [
            {"type": "number"},
            {"type": "string", "enum": ["NaN", "+Inf", "-Inf"]},
        ]},
        "Kind": {"type": "string", "enum": kinds},
        "Status": status(),
        "Families": families(),
        "Analytics": analytics(),
        "System": system(),
        "Document": {"type": "object", "required": ["openapi", "info", "paths"]},
        "Health": health(),
        "Item": items,
        "Applied": object(&json!({"applied": count()}), &["applied"]),
    })
}

/// What the probes answer; to those who aren't authorised, the status alone.
fn health() -> Value {
    let text = || json!({"type": "string"});
    let check = object(
        &json!({
            "name": text(),
            "status": {"type": "string", "enum": ["up", "degraded", "down"]},
            "critical": {"type": "boolean"},
            "groups": {"type": "array", "items": text()},
            "duration_seconds": amount(),
            "message": text(),
            "data": {"type": "object"},
        }),
        &["name", "status", "critical", "groups", "duration_seconds"],
    );
    let states = ["up", "degraded", "down", "starting", "draining"];
    object(
        &json!({
            "status": {"type": "string", "enum": states},
            "checks": {"type": "array", "items": check},
        }),
        &["status"],
    )
}

/// What `/system` answers. What the system doesn't tell is `null`.
fn system() -> Value {
    let number = || or_null(amount());
    let text = || json!({"type": "string"});
    let list = |items: Value| json!({"type": "array", "items": items});
    whole(&json!({
        "process": whole(&json!({
            "id": count(),
            "cpu_seconds": number(), "cpu_percent": number(),
            "resident_memory_bytes": number(), "virtual_memory_bytes": number(),
            "threads": number(), "open_files": number(), "max_open_files": number(),
            "start_time_seconds": number(),
        })),
        "host": whole(&json!({
            "cpus": number(), "cpu_percent": number(), "uptime_seconds": number(),
            "load": or_null(whole(&json!({
                "one_minute": amount(), "five_minutes": amount(), "fifteen_minutes": amount(),
            }))),
            "memory": or_null(whole(&json!({
                "total_bytes": count(), "available_bytes": count(), "used_bytes": count(),
                "swap_total_bytes": count(), "swap_used_bytes": count(),
            }))),
            "disks": list(whole(&json!({
                "mount_point": text(), "file_system": text(),
                "total_bytes": count(), "available_bytes": count(),
            }))),
            "disks_error": or_null(text()),
            "network": list(whole(&json!({
                "name": text(), "received_bytes": count(), "transmitted_bytes": count(),
            }))),
        })),
        "container": or_null(whole(&json!({"memory": whole(&json!({
            "limit_bytes": count(), "free_bytes": count(), "resident_bytes": count(),
        }))}))),
        "runtime": or_null(whole(&json!({
            "workers": count(), "alive_tasks": count(), "global_queue_depth": count(),
            "busy_seconds": amount(),
        }))),
    }))
}

/// An object of these properties and no others.
fn object(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

/// An object that has all of these properties and no others.
fn whole(properties: &Value) -> Value {
    let names = properties.as_object().map(|object| {
        let names = object.keys().map(String::as_str);
        names.collect::<Vec<_>>()
    });
    object(properties, &names.unwrap_or_default())
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn amount() -> Value {
    json!({"type": "number", "minimum": 0})
}

fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

fn status() -> Value {
    let counts = || json!({"type": "object", "additionalProperties": count()});
    let scrape = whole(&json!({
        "timestamp_seconds": amount(),
        "duration_seconds": amount(),
        "bytes": count(),
        "format": {"type": "string", "enum": ["text", "openmetrics", "protobuf"]},
    }));
    whole(&json!({
        "enabled": {"type": "boolean"},
        "version": {"type": "string"},
        "uptime_seconds": amount(),
        "families": count(),
        "series": count(),
        "memory_bytes": count(),
        "pages": count(),
        "pages_seconds": amount(),
        "last_scrape": or_null(scrape),
        "conflicts": count(),
        "overflows": counts(),
        "dropped_observations": counts(),
    }))
}

fn families() -> Value {
    let number = json!({"$ref": "#/components/schemas/Number"});
    let pair = |name: &str, value: Value| {
        let mut properties = json!({});
        properties[name] = number.clone();
        let other = if name == "le" { "count" } else { "value" };
        properties[other] = value;
        json!({"type": "array", "items": whole(&properties)})
    };
    let series = object(
        &json!({
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "value": number,
            "count": count(),
            "sum": number,
            "buckets": pair("le", count()),
            "quantiles": pair("quantile", number.clone()),
            "states": {"type": "object", "additionalProperties": {"type": "boolean"}},
        }),
        &["labels"],
    );
    let family = whole(&json!({
        "name": {"type": "string"},
        "kind": {"$ref": "#/components/schemas/Kind"},
        "help": {"type": "string"},
        "unit": {"type": "string"},
        "series": {"type": "array", "items": series},
    }));
    whole(&json!({
        "families": {"type": "array", "items": family},
        "missing_collectors": {"type": "array", "items": {"type": "string"}},
    }))
}

fn analytics() -> Value {
    let traffic = json!({
        "count": amount(),
        "per_second": or_null(amount()),
        "error_share": or_null(amount()),
        "mean_seconds": or_null(amount()),
        "p50_seconds": or_null(amount()),
        "p95_seconds": or_null(amount()),
        "p99_seconds": or_null(amount()),
    });
    let named = |names: &[&str]| {
        let mut properties = traffic.clone();
        for name in names {
            properties[*name] = json!({"type": "string"});
        }
        json!({"type": "array", "items": whole(&properties)})
    };
    let functions = named(&["function", "module"]);
    let cache = whole(&json!({
        "cache": {"type": "string"},
        "hits": amount(),
        "misses": amount(),
        "hit_rate": or_null(amount()),
    }));
    let model = whole(&json!({
        "model": {"type": "string"},
        "inserts": amount(),
        "updates": amount(),
        "deletes": amount(),
        "reads": amount(),
    }));
    let window = whole(&json!({
        "window_seconds": count(),
        "covered_seconds": amount(),
        "requests": whole(&traffic),
        "endpoints": named(&["method", "endpoint"]),
        "functions": functions,
        "slowest_functions": functions,
        "caches": {"type": "array", "items": cache},
        "models": {"type": "array", "items": model},
    }));
    whole(&json!({
        "interval_seconds": amount(),
        "untracked_series": count(),
        "windows": {"type": "array", "items": window},
    }))
}
