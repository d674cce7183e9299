//! A service with a router of its own.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use integration_tests::http::{Response, get_with};
use metrics_runtime::{Access, Endpoints, HealthCheck, Metrics, MetricsBuilder, Registry};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// What is sent with each request.
pub(crate) const TOKEN: &str = "c2b1a7e09d5f4863";

/// The service; it stops when it is dropped.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Metrics,
    _runtime: Runtime,
}

impl Service {
    /// With these endpoints below `/metrics`, of a registry of its own.
    pub(crate) fn start(endpoints: Endpoints) -> Self {
        Self::start_with(endpoints, |builder| builder)
    }

    /// The same, for those who send [`TOKEN`].
    pub(crate) fn start_with_token(endpoints: Endpoints) -> Self {
        Self::start_with(endpoints, |builder| {
            builder.access(Access::new().token(TOKEN))
        })
    }

    /// The same with further settings.
    pub(crate) fn start_with(
        endpoints: Endpoints,
        further: impl FnOnce(MetricsBuilder) -> MetricsBuilder,
    ) -> Self {
        let registry: &'static Registry = Box::leak(Box::default());
        let metrics = Metrics::builder().registry(registry).namespace("shop");
        let metrics = further(metrics.endpoints(endpoints)).build();
        let metrics = metrics.expect("the sites agree");
        let health = metrics.health();
        for (name, check) in [("good", Ok(())), ("bad", Err("broken"))] {
            let check = HealthCheck::new(name, async move || check).critical(false);
            health.add(check).expect("the name is valid");
        }
        let app = Router::new()
            .route("/users/{id}", get(|Path(id): Path<String>| async { id }))
            .layer(metrics.http_layer())
            .merge(metrics.health_router())
            .nest("/metrics", metrics.router());
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime starts");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.expect("a port of loopback is free");
        let address = listener.local_addr().expect("it has an address");
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async { axum::serve(listener, app).await });
        Self {
            address,
            metrics,
            _runtime: runtime,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.base());
        get_with(&url, &[("X-Metrics-Token", TOKEN)])
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The answer to a path that is sent as it stands: clients resolve dots, as browsers
    /// do.
    pub(crate) fn ask_raw(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).expect("it isn't zero");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it is read");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it is answered");
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        serde_json::from_slice(&response.body).expect("it is JSON")
    }
}
