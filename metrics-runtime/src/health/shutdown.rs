//! The end of the program, without requests lost.

use super::Health;
use crate::http::handler::alarm::until;
use std::future::pending;
use std::time::{Duration, Instant};

impl Health {
    /// Waits for `signal`, takes readiness down, and waits until whoever sends
    /// requests has noticed: for `delay`. Given to axum's `with_graceful_shutdown`, the
    /// program goes on accepting requests meanwhile, and then finishes those that it
    /// has.
    ///
    /// A load balancer notices by its next probes: in Kubernetes after
    /// `periodSeconds` × `failureThreshold`.
    ///
    /// ```no_run
    /// # async fn serve(metrics: metrics_runtime::Metrics) -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let health = metrics.health();
    /// let app = axum::Router::new().merge(metrics.health_router());
    /// let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await?;
    /// // In Kubernetes, the signal is SIGTERM.
    /// let signal = async { std::future::pending().await };
    /// axum::serve(listener, app)
    ///     .with_graceful_shutdown(health.shutdown(signal, Duration::from_secs(5)))
    ///     .await
    /// # }
    /// ```
    ///
    /// It needs no timers of tokio.
    pub fn shutdown(
        &self,
        signal: impl Future<Output = ()> + Send + 'static,
        delay: Duration,
    ) -> impl Future<Output = ()> + Send + 'static {
        let health = self.clone();
        async move {
            signal.await;
            health.drain();
            // None is far too late for anybody.
            if let Some(end) = Instant::now().checked_add(delay) {
                until(end, pending::<()>()).await;
            }
        }
    }
}
