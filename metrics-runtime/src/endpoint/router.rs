//! The routes, and what they have in common.

use super::analytics::{self, Recorder};
use super::answer::Answer;
use super::desk::Desk;
use super::increment::{self, Bucket};
use super::prometheus_config::Page;
use super::query::Filter;
use super::{access, api, openapi, prometheus_config, status, system};
use crate::config::Route;
use crate::http::listening;
use crate::{Endpoints, Guard, Metrics, snapshot};
use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::routing::any;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use std::sync::Arc;
use std::time::Instant;

impl Metrics {
    /// A router as [`router`](Self::router) makes it, of these endpoints instead of those
    /// that the settings choose.
    ///
    /// ```
    /// use metrics_runtime::{Endpoints, Metrics};
    ///
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = Metrics::builder().build()?;
    /// let internal = Endpoints::all().exposition(false);
    /// let app: axum::Router = axum::Router::new()
    ///     .nest("/metrics", metrics.router())
    ///     .nest("/internal", metrics.router_with(internal));
    /// # Ok(())
    /// # }
    /// ```
    pub fn router_with<S: Clone + Send + Sync + 'static>(&self, endpoints: Endpoints) -> Router<S> {
        let may_mutate = access::may_mutate(self);
        let router = mounted(|| self.handler().page(), self, endpoints, may_mutate);
        // Over the whole, so that it stands before whatever is below.
        router.layer(self.guard().of_toolkit())
    }
}

/// The router of the page, with what else is chosen.
pub(crate) fn extended<S: Clone + Send + Sync + 'static>(
    page: impl FnOnce() -> Router<S>,
    metrics: &Metrics,
) -> Router<S> {
    let endpoints = metrics.config().endpoints.clone();
    mounted(page, metrics, endpoints, access::may_mutate(metrics))
}

/// The path of a route below that of the page; the page's own is none.
pub(super) const fn path(route: Route) -> &'static str {
    match route {
        Route::Exposition => "",
        Route::Status => "/status",
        Route::Api => "/api",
        Route::Analytics => "/analytics",
        Route::System => "/system",
        Route::Increment => "/increment",
        Route::PrometheusConfig => "/prometheus-config",
        Route::OpenApi => "/openapi.json",
    }
}

/// Which routes there are.
fn routes(endpoints: &Endpoints, may_mutate: bool) -> Vec<Route> {
    let exists = |route: &Route| match route {
        Route::Increment => may_mutate,
        Route::System => system::READ.is_some(),
        _ => true,
    };
    let chosen = |route: &Route| endpoints.has(*route) && exists(route);
    Route::ALL.into_iter().filter(chosen).collect()
}

/// The chosen routes; `may_mutate` says whether those exist that change something.
pub(super) fn mounted<S: Clone + Send + Sync + 'static>(
    page: impl FnOnce() -> Router<S>,
    metrics: &Metrics,
    endpoints: Endpoints,
    may_mutate: bool,
) -> Router<S> {
    let chosen = routes(&endpoints, may_mutate);
    let mut router = if chosen.contains(&Route::Exposition) {
        page()
    } else {
        Router::new()
    };
    if chosen == [Route::Exposition] {
        return router;
    }
    let surface = Arc::new(Surface::new(*metrics, endpoints, chosen));
    for &route in &surface.routes {
        // The page has its own.
        if route == Route::Exposition {
            continue;
        }
        // Many are used to the slash at the end.
        for path in [path(route).to_owned(), format!("{}/", path(route))] {
            let surface = Arc::clone(&surface);
            let respond = move |request| async move { surface.respond(route, request).await };
            router = router.route(&path, any(respond));
        }
    }
    // The page has one too, which says less.
    router
        .reset_fallback()
        .fallback(|request: Request| async move {
            Answer::not_found().into_response(request.method() == Method::HEAD)
        })
}

/// What the routes of a router have in common.
pub(super) struct Surface {
    pub(super) metrics: Metrics,
    guard: Guard,
    pub(super) endpoints: Endpoints,
    pub(super) routes: Vec<Route>,
    desk: Desk,
    bucket: Bucket,
    recorder: Option<Arc<Recorder>>,
}

impl Surface {
    pub(super) fn new(metrics: Metrics, endpoints: Endpoints, routes: Vec<Route>) -> Self {
        if routes.contains(&Route::Increment) {
            increment::declare_own(metrics.registry());
        }
        let samples = routes.contains(&Route::Analytics);
        Self {
            bucket: Bucket::new(endpoints.requests_per_second, Instant::now()),
            desk: Desk::default(),
            recorder: samples.then(|| Recorder::of(metrics.registry())),
            guard: metrics.guard(),
            metrics,
            endpoints,
            routes,
        }
    }

    async fn respond(&self, route: Route, request: Request) -> Response<Body> {
        let head = request.method() == Method::HEAD;
        let (parts, body) = request.into_parts();
        self.answer(route, parts, body).await.into_response(head)
    }

    async fn answer(&self, route: Route, request: Parts, body: Body) -> Answer {
        if route == Route::Increment {
            if request.method != Method::POST {
                return Answer::not_allowed("POST");
            }
            let Self {
                endpoints, bucket, ..
            } = self;
            let answer =
                increment::answer(self.metrics, &self.guard, endpoints, bucket, &request, body);
            return answer.await;
        }
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return Answer::not_allowed("GET, HEAD");
        }
        let metrics = self.metrics;
        match route {
            Route::Api => {
                let filter = match Filter::parse(request.uri.query().unwrap_or("")) {
                    Ok(filter) => filter,
                    Err(error) => {
                        return Answer::refused(StatusCode::BAD_REQUEST, &error.to_string());
                    }
                };
                let work = move |deadline| {
                    let snapshot = snapshot::take(metrics.registry(), Some(deadline));
                    api::answer(&snapshot, &filter)
                };
                self.desk.make(work).await
            }
            Route::Status => self.desk.make(move |_| status::answer(&metrics)).await,
            Route::Analytics => {
                let recorder = self.recorder.clone();
                let work = move |_| recorder.map(|it| analytics::answer(&it));
                let work = move |deadline| work(deadline).unwrap_or_else(Answer::not_found);
                self.desk.make(work).await
            }
            Route::System => match system::READ {
                Some(read) => self.desk.make(move |_| Answer::json(&read())).await,
                None => Answer::not_found(),
            },
            Route::PrometheusConfig => {
                let wants_token = access::wants_token(&metrics);
                let here = || Page::Here(self.prefix(&request, route));
                let page = if self.routes.contains(&Route::Exposition) {
                    here()
                } else {
                    listening::door(metrics.registry()).map_or_else(here, Page::At)
                };
                prometheus_config::answer(&metrics, &request, page, wants_token)
            }
            Route::OpenApi => openapi::answer(self, &self.prefix(&request, route)),
            // They have been taken care of.
            Route::Exposition | Route::Increment => Answer::not_found(),
        }
    }

    /// Where the router is, as the request says, else as the settings do; none at the root.
    fn prefix(&self, request: &Parts, route: Route) -> String {
        let asked = request.extensions.get::<OriginalUri>();
        let asked = asked.map(|OriginalUri(uri)| uri.path());
        let asked = asked.map(|path| path.strip_suffix('/').unwrap_or(path));
        let prefix = asked.and_then(|asked| asked.strip_suffix(path(route)));
        prefix.unwrap_or(&self.metrics.config().path).to_owned()
    }
}
