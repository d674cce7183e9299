//! The endpoints.

use super::answer::answer;
use super::board::Selection;
use super::{Group, Health, HealthRouterError};
use crate::Metrics;
use crate::http::handler::alarm::until;
use crate::panic::caught;
use axum::Router;
use axum::extract::{Path, Request};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the authoriser of the settings may think about details.
const PATIENCE: Duration = Duration::from_millis(50);

type Authoriser = dyn Fn(&Parts) -> bool + Send + Sync;

/// Endpoints of health with options; see [`Health::router`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let health = metrics.health().router().health_path("/healthz").liveness_path("/livez");
/// let app: axum::Router = axum::Router::new().merge(health.router()?);
///
/// # use axum::{body::Body, http::Request};
/// # use tower::ServiceExt as _;
/// let response = app.oneshot(Request::get("/livez").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is served before the router is merged into one"]
pub struct HealthRouter {
    health: Health,
    /// Of all checks, of readiness and of liveness.
    paths: [String; 3],
    /// Who may see details, if the program decides that itself.
    authoriser: Option<Arc<Authoriser>>,
}

impl Metrics {
    /// A router that tells of the program's health, to be merged into the
    /// application: `/health`, `/readiness`, `/liveness` and more; see
    /// [`health`](crate::health). Others' paths are in [`Health::router`].
    ///
    /// Made inside of a runtime it starts the checks, else the first probe does.
    ///
    /// # Security
    ///
    /// Whoever can reach the routes is told the status. Details are for callers with a
    /// token, with an address on the list or whom the authoriser lets in, as
    /// [`MetricsBuilder::access`](crate::MetricsBuilder::access) says; without any of
    /// these, for nobody. An authoriser that doesn't answer within 50 ms has said no,
    /// so that it delays no probe.
    pub fn health_router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.health().router().made()
    }
}

impl HealthRouter {
    pub(super) fn new(health: Health) -> Self {
        Self {
            health,
            paths: ["/health", "/readiness", "/liveness"].map(str::to_owned),
            authoriser: None,
        }
    }

    /// The path of all checks; groups are below it. Default: `/health`.
    pub fn health_path(mut self, path: impl Into<String>) -> Self {
        let [health, ..] = &mut self.paths;
        *health = path.into();
        self
    }

    /// The path of readiness. Default: `/readiness`.
    pub fn readiness_path(mut self, path: impl Into<String>) -> Self {
        let [_, readiness, _] = &mut self.paths;
        *readiness = path.into();
        self
    }

    /// The path of liveness. Default: `/liveness`.
    pub fn liveness_path(mut self, path: impl Into<String>) -> Self {
        let [.., liveness] = &mut self.paths;
        *liveness = path.into();
        self
    }

    /// Decides, by a request's head, who may see details: names, messages and data of
    /// the checks, which may tell an attacker what the program depends on. One that
    /// panics has said no. Default: those who are authorised by the
    /// [settings](crate::MetricsBuilder::access).
    pub fn show_details(
        mut self,
        authoriser: impl Fn(&Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.authoriser = Some(Arc::new(authoriser));
        self
    }

    /// The router, to be merged into that of the application.
    ///
    /// # Errors
    ///
    /// [`HealthRouterError`] for a path that isn't one, or that is given twice.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Result<Router<S>, HealthRouterError> {
        for (index, path) in self.paths.iter().enumerate() {
            if !is_path(path) {
                let path = path.clone();
                return Err(HealthRouterError::Path { path });
            }
            if self.paths.iter().take(index).any(|other| other == path) {
                let path = path.clone();
                return Err(HealthRouterError::Taken { path });
            }
        }
        Ok(self.made())
    }

    fn made<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.health.begin_if_in_runtime();
        self.health.set_paths(self.paths.clone());
        let [health, readiness, liveness] = &self.paths;
        let groups = self.clone();
        let group = get(move |Path(name): Path<String>, request: Request| {
            let groups = groups.clone();
            async move {
                groups
                    .respond(&Selection::Of(Group::from(name)), request)
                    .await
            }
        });
        let routes = [
            (health.clone(), self.route(Selection::All)),
            (
                readiness.clone(),
                self.route(Selection::Of(Group::Readiness)),
            ),
            (liveness.clone(), self.route(Selection::Of(Group::Liveness))),
            (format!("{health}/{{group}}"), group),
        ];
        routes
            .into_iter()
            .fold(Router::new(), |router, (path, route)| {
                let slash = format!("{path}/");
                router.route(&path, route.clone()).route(&slash, route)
            })
    }

    fn route<S: Clone + Send + Sync + 'static>(&self, selection: Selection) -> MethodRouter<S> {
        let router = self.clone();
        let selection = Arc::new(selection);
        get(move |request: Request| {
            let (router, selection) = (router.clone(), Arc::clone(&selection));
            async move { router.respond(&selection, request).await }
        })
    }

    async fn respond(&self, selection: &Selection, request: Request) -> Response {
        let (caller, _body) = request.into_parts();
        let summary = self.health.summary_of(selection).await;
        let with_details = if let Some(authoriser) = &self.authoriser {
            caught(|| authoriser(&caller)).unwrap_or(false)
        } else {
            // A probe has a timeout of its own: were it to wait for an authoriser that
            // hangs, the program would be restarted for it.
            let asked = self.health.guard.authorized(&caller);
            let end = Instant::now() + PATIENCE;
            until(end, asked).await.unwrap_or(false)
        };
        answer(summary, with_details)
    }
}

/// What axum takes as it stands, and a slash may follow.
fn is_path(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let whole = path.len() > 1 && path.starts_with('/') && !path.ends_with('/');
    whole && path.bytes().all(allowed)
}

impl fmt::Debug for HealthRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HealthRouter");
        shown.field("paths", &self.paths).finish_non_exhaustive()
    }
}
