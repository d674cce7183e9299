//! What a probe is told.

use super::{HealthError, HealthSummary};
use crate::http::Unmeasured;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// The status alone.
#[derive(Serialize)]
struct Status<T> {
    status: T,
}

/// The answer to a probe; `None` is a group that isn't there. The body of `HEAD` is
/// left out by the router.
pub(super) fn answer(
    summary: Result<Option<HealthSummary>, HealthError>,
    with_details: bool,
) -> Response<Body> {
    let unknown = Status { status: "unknown" };
    match summary {
        Ok(Some(summary)) => {
            let status = if summary.status.is_available() {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            if with_details {
                respond(status, &summary)
            } else {
                let status_alone = Status {
                    status: summary.status,
                };
                respond(status, &status_alone)
            }
        }
        Ok(None) => respond(StatusCode::NOT_FOUND, &unknown),
        Err(_) => respond(StatusCode::INTERNAL_SERVER_ERROR, &unknown),
    }
}

fn respond(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let (status, body) = match serde_json::to_vec(body) {
        Ok(body) => (status, body),
        // Names and values are all text and numbers, which can be written.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Probes aren't among the requests of the service, whatever the path.
    response.extensions_mut().insert(Unmeasured);
    response
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::health::{CheckSummary, HealthError, HealthStatus, HealthSummary, ServiceStatus};
    use crate::http::Unmeasured;
    use axum::body::{Body, to_bytes};
    use axum::http::{Response, header};
    use serde_json::{Map, json};

    async fn read(response: Response<Body>) -> (u16, String) {
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        assert!(response.extensions().get::<Unmeasured>().is_some());
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn summary(status: ServiceStatus) -> HealthSummary {
        let mut data = Map::new();
        data.insert("tries".to_owned(), json!(3));
        let check = CheckSummary {
            name: "db".to_owned(),
            status: HealthStatus::Down,
            critical: true,
            groups: vec!["readiness".to_owned()],
            duration_seconds: 0.25,
            message: Some("panicked: \"secret\"".to_owned()),
            data,
        };
        HealthSummary {
            status,
            checks: vec![check],
        }
    }

    // M1, M2, M7. Mutation: details are for everybody.
    #[tokio::test]
    async fn a_probe_is_told_the_status_and_the_trusted_one_details() {
        let told = |status, details| read(answer(Ok(Some(summary(status))), details));
        let (code, body) = told(ServiceStatus::Down, true).await;
        let expected = "{\"status\":\"down\",\"checks\":[{\"name\":\"db\",\"status\":\"down\",\
            \"critical\":true,\"groups\":[\"readiness\"],\"duration_seconds\":0.25,\
            \"message\":\"panicked: \\\"secret\\\"\",\"data\":{\"tries\":3}}]}";
        assert_eq!((code, body.as_str()), (503, expected));
        for (status, code, word) in [
            (ServiceStatus::Up, 200, "up"),
            (ServiceStatus::Degraded, 200, "degraded"),
            (ServiceStatus::Down, 503, "down"),
            (ServiceStatus::Starting, 503, "starting"),
            (ServiceStatus::Draining, 503, "draining"),
        ] {
            let body = format!("{{\"status\":\"{word}\"}}");
            assert_eq!(told(status, false).await, (code, body));
        }
    }

    // M1.
    #[tokio::test]
    async fn an_own_failure_is_500_and_a_missing_group_404() {
        let unknown = "{\"status\":\"unknown\"}".to_owned();
        let source = std::io::ErrorKind::WouldBlock.into();
        let failed = answer(Err(HealthError { source }), true);
        assert_eq!(read(failed).await, (500, unknown.clone()));
        assert_eq!(read(answer(Ok(None), true)).await, (404, unknown));
    }
}
