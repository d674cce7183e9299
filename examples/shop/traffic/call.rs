//! A request in the making.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http_body_util::Full;
use serde_json::Value;

use super::acknowledgement::REQUEST_ID;
use super::route::Route;
use super::trace::TRACE_PARENT;

pub(super) struct Call {
    pub(super) route: Route,
    uri: String,
    body: Value,
    /// The visitor's own trace.
    trace_parent: Option<String>,
}

impl Call {
    pub(super) fn new(route: Route) -> Self {
        Self {
            route,
            uri: route.path().to_owned(),
            body: Value::Null,
            trace_parent: None,
        }
    }

    /// Fills in the `{id}` of the route's path.
    pub(super) fn id(mut self, id: i64) -> Self {
        self.uri = self.uri.replace("{id}", &id.to_string());
        self
    }

    /// Appends a query, which must not need escaping.
    pub(super) fn query(mut self, query: &str) -> Self {
        self.uri.push('?');
        self.uri.push_str(query);
        self
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    pub(super) fn trace_parent(mut self, parent: String) -> Self {
        self.trace_parent = Some(parent);
        self
    }

    pub(super) fn into_request(
        self,
        host: SocketAddr,
        request_id: &str,
        token: Option<&str>,
    ) -> axum::http::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(self.route.method())
            .uri(self.uri)
            .header(HOST, host.to_string())
            .header(REQUEST_ID, request_id);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(parent) = self.trace_parent {
            request = request.header(TRACE_PARENT, parent);
        }
        if self.body.is_null() {
            return request.body(Full::default());
        }
        request
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(self.body.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fills_in_path_query_and_headers() {
        let request = Call::new(Route::PayOrder)
            .id(7)
            .query("now=1")
            .json(json!({ "card": "1" }))
            .trace_parent("00-1-2-01".to_owned())
            .into_request(
                SocketAddr::from(([127, 0, 0, 1], 80)),
                "2-9",
                Some("secret"),
            )
            .expect("the parts are valid");
        assert_eq!(request.uri(), "/orders/7/payment?now=1");
        assert_eq!(request.headers()[HOST], "127.0.0.1:80");
        assert_eq!(request.headers()[REQUEST_ID], "2-9");
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer secret");
        assert_eq!(request.headers()[TRACE_PARENT], "00-1-2-01");
    }
}
