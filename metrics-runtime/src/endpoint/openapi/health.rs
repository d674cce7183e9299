//! The probes, which are beside the router and not below it.

use super::operation::responses;
use crate::Metrics;
use serde_json::{Value, json};

/// Whether the application serves them.
pub(super) fn is_served(_: &Metrics) -> bool {
    false
}

/// Where they are, and what they answer.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let probes = [
        ("/health", "Whether all checks are fine"),
        ("/readiness", "Whether requests may be sent here"),
        ("/liveness", "Whether the process should go on"),
    ];
    probes
        .into_iter()
        .map(|(path, summary)| (path.to_owned(), probe(path, summary)))
}

fn probe(path: &str, summary: &str) -> Value {
    let report = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}},
        })
    };
    json!({"get": {
        "operationId": path.trim_start_matches('/'),
        "summary": summary,
        "responses": responses([
            ("200", report("It is.")),
            ("405", json!({"description": "Another method."})),
            ("503", report("It isn't.")),
        ]),
    }})
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn probes_answer_with_two_states() {
        for (path, item) in paths() {
            let answers = &item["get"]["responses"];
            for status in ["200", "503"] {
                let content = &answers[status]["content"]["application/json"];
                assert!(content["schema"].is_object(), "{path} {status}");
            }
        }
        assert_eq!(paths().count(), 3);
    }
}
