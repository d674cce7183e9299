//! A service with endpoints of health.

use axum::Router;
use metrics_runtime::{Health, Metrics, Registry};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The timeout of checks that end of themselves: above what any machine takes, below
/// what the client waits.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);

/// The header that lets see details.
pub(crate) const TOKEN: &str = "x-token: right\r\n";

/// Metrics in a registry of their own.
pub(crate) fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("the set-up is valid")
}

/// A runtime with a single worker, and few threads for what blocks: who takes them stops
/// the service.
pub(crate) fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder
        .worker_threads(1)
        .max_blocking_threads(8)
        .enable_all();
    builder.build().expect("there are threads")
}

/// The endpoints, with details for those who have the token.
pub(crate) fn endpoints(health: &Health) -> Router {
    let router = health.router().show_details(|caller| {
        let token = caller.headers.get("x-token");
        token.is_some_and(|token| token == "right")
    });
    router.router().expect("the paths are valid")
}

/// A service on loopback; it stops when it is dropped.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Metrics,
    pub(crate) health: Health,
    pub(crate) runtime: Runtime,
}

impl Service {
    /// With the checks that `add` adds.
    pub(crate) fn start(add: impl FnOnce(&Health)) -> Self {
        let metrics = metrics();
        let health = metrics.health();
        add(&health);
        Self::of(metrics, runtime(), endpoints(&health))
    }

    pub(crate) fn of(metrics: Metrics, runtime: Runtime, app: Router) -> Self {
        let address = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("loopback has free ports");
            let address = listener.local_addr().expect("it is bound");
            tokio::spawn(async move { axum::serve(listener, app).await });
            address
        });
        Self {
            address,
            metrics,
            health: metrics.health(),
            runtime,
        }
    }

    /// The details of a path.
    pub(crate) fn details(&self, path: &str) -> serde_json::Value {
        let answer = super::client::send(self.address, "GET", path, TOKEN);
        serde_json::from_str(&answer.body).expect("it is JSON")
    }

    /// The status and the message of a check.
    pub(crate) fn check(&self, name: &str) -> (String, String) {
        let details = self.details("/health");
        let mut checks = details["checks"].as_array().expect("there are").iter();
        let check = checks.find(|check| check["name"] == name);
        let check = check.unwrap_or_else(|| panic!("there is no {name}"));
        let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
        (text("status"), text("message"))
    }
}
