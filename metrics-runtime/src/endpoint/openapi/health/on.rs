//! The probes, which are beside the router and not below it.

use crate::Metrics;
use serde_json::{Value, json};

/// Where they were made, and what they answer; none before there is a router of them.
pub(super) fn paths(metrics: &Metrics) -> impl Iterator<Item = (String, Value)> {
    let summaries = [
        "Whether all checks are fine",
        "Whether requests may be sent here",
        "Whether the process should go on",
    ];
    let ids = ["health", "readiness", "liveness"];
    let paths = metrics.health().paths().into_iter().flatten();
    let probes = paths.zip(ids.into_iter().zip(summaries));
    probes.map(|(path, (id, summary))| (path, probe(id, summary)))
}

fn probe(id: &str, summary: &str) -> Value {
    let report = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}},
        })
    };
    json!({"get": {
        "operationId": id,
        "summary": summary,
        // Everybody is told the status; details are for those who are authorised.
        "security": [{}, {"bearer": []}, {"token": []}],
        "responses": {
            "200": report("It is."),
            "405": {"description": "Another method."},
            "503": report("It isn't."),
        },
    }})
}

#[cfg(test)]
mod tests {
    use super::paths;
    use crate::{Metrics, Registry};

    // Mutation: paths are those of the default.
    #[test]
    fn probes_are_where_they_were_made_and_answer_with_two_states() {
        let registry: &'static Registry = Box::leak(Box::default());
        let metrics = Metrics::builder().registry(registry).build();
        let metrics = metrics.expect("the tests' sites agree");
        assert_eq!(paths(&metrics).count(), 0);
        let health = metrics.health().router().health_path("/healthz");
        let _: axum::Router = health.router().expect("the path is one");
        let mut found = Vec::new();
        for (path, item) in paths(&metrics) {
            let answers = &item["get"]["responses"];
            for status in ["200", "503"] {
                let content = &answers[status]["content"]["application/json"];
                assert!(content["schema"].is_object(), "{path} {status}");
            }
            found.push(path);
        }
        assert_eq!(found, ["/healthz", "/readiness", "/liveness"]);
    }
}
