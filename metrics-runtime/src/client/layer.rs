//! The layer, and what it records.

use super::call::Shared;
use super::host::Hosts;
use super::service::HttpClientService;
use crate::{Metrics, Registry};
use std::sync::Arc;
use tower_layer::Layer;

/// Records the requests of a client; made by [`Metrics::http_client_layer`].
///
/// | family | labels | what |
/// |---|---|---|
/// | `http_client_requests_total` | `host`, `method`, `status` | requests that have ended |
/// | `http_client_request_duration_seconds` | `host`, `method`, `outcome` | from the first poll of its future to the head of the response |
/// | `http_client_requests_in_progress` | `host`, `method` | requests between the two |
///
/// | the request… | `status` | `outcome` |
/// |---|---|---|
/// | is answered below 500 | that of the response | `ok` |
/// | is answered by 500 and above | that of the response, `other` from 600 on | `error` |
/// | can't be sent or isn't answered | `error` | `error` |
/// | is dropped before it is answered | `cancelled` | `cancelled` |
/// | makes the client panic | `panic` | `panic` |
/// | is never polled | not recorded | not recorded |
///
/// Most clients send nothing until the future of the response is polled, and neither does
/// the one below. One that panics in `call` has no future, and is recorded as well.
///
/// `host` is one of those that are listed, without its port, else `other`: an address
/// that comes from a user can make no series. `method` is one of RFC 9110's, `PATCH` or
/// `OTHER`. Paths and queries are no labels.
///
/// It takes any [`Service`](tower_service::Service) of `http`'s requests, such as the
/// client of hyper-util. That of reqwest, whose requests are of its own type, is one by
///
/// ```text
/// tower::service_fn(move |request: http::Request<reqwest::Body>| {
///     let client = client.clone();
///     async move { client.execute(request.try_into()?).await.map(http::Response::from) }
/// })
/// ```
///
/// A redirect that the client follows by itself is part of its request.
///
/// ```
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
/// # use http::{Request, Response, StatusCode};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let client = service_fn(|_: Request<()>| async {
/// #     let mut response = Response::new(());
/// #     *response.status_mut() = StatusCode::NOT_FOUND;
/// #     Ok::<_, std::io::Error>(response)
/// # });
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let client = ServiceBuilder::new()
///     .layer(metrics.http_client_layer(["api.example.com"]))
///     .service(client);
///
/// let request = Request::get("https://api.example.com/users/7").body(())?;
/// client.clone().oneshot(request).await?;
/// let request = Request::get("https://elsewhere.example/").body(())?;
/// client.oneshot(request).await?;
///
/// let page = metrics.to_text();
/// for line in [
///     r#"http_client_requests_total{host="api.example.com",method="GET",status="404"} 1"#,
///     r#"http_client_requests_total{host="other",method="GET",status="404"} 1"#,
///     r#"http_client_requests_in_progress{host="other",method="GET"} 0"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is added to a client"]
pub struct HttpClientLayer {
    shared: Arc<Shared>,
}

impl Metrics {
    /// A layer that records the requests of a client into this registry. `hosts` are
    /// those that have a label of their own.
    pub fn http_client_layer<'a>(
        &self,
        hosts: impl IntoIterator<Item = &'a str>,
    ) -> HttpClientLayer {
        HttpClientLayer::new(self.registry(), Hosts::new(hosts))
    }
}

impl HttpClientLayer {
    fn new(registry: &Registry, hosts: Hosts) -> Self {
        let shared = Arc::new(Shared::new(registry, hosts));
        Self { shared }
    }
}

impl<S> Layer<S> for HttpClientLayer {
    type Service = HttpClientService<S>;

    fn layer(&self, inner: S) -> HttpClientService<S> {
        HttpClientService {
            inner,
            shared: Arc::clone(&self.shared),
        }
    }
}
