//! Requests in memory; those over sockets are in `tests/http`.

mod body;
mod django;
mod end;
mod nested;
mod option;
mod place;
mod route;

use super::{Blocked, ErrorKind, HttpLayer, Unmeasured};
use crate::{ErrorLabel, Metrics, Profile, Registry};
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Method, Request, Response, StatusCode};
use axum::routing::{any, get};
use axum::{Extension, Router};
use http_body_util::BodyExt as _;
use std::future::pending;
use std::io;
use tower::ServiceExt as _;

/// A registry of its own, with the families of this profile.
fn built(profile: Profile) -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let builder = Metrics::builder().registry(registry).profile(profile);
    // Its numbers differ from page to page.
    let built = builder.process_collector(false).build();
    built.expect("nothing is set up yet")
}

fn metrics() -> Metrics {
    built(Profile::Toolkit)
}

/// The sum of the samples whose line starts like this.
fn sum(metrics: Metrics, start: &str) -> u64 {
    let page = metrics.to_text();
    let lines = page.lines().filter(|line| line.starts_with(start));
    let values = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    values.sum()
}

/// The samples of the layer's families that aren't zero, without durations,
/// which differ.
fn samples(metrics: Metrics) -> Vec<String> {
    let page = metrics.to_text();
    let lines = page.lines().filter(|line| {
        let counted = ["_total", "_in_progress", "_count", "_bytes_sum"];
        let name = line.split('{').next().unwrap_or("");
        line.starts_with("http_")
            && counted.iter().any(|ending| name.ends_with(ending))
            && !line.ends_with(" 0")
    });
    lines.map(str::to_owned).collect()
}

struct Broken;

impl ErrorLabel for Broken {
    fn error_label(&self) -> &'static str {
        "broken"
    }
}

fn app(layer: HttpLayer) -> Router {
    Router::new()
        .route("/users/{id}", get(|Path(id): Path<String>| async { id }))
        .route("/echo", any(|body: Bytes| async { body }))
        .route("/panic", get(|| async { panic!("on purpose") as &str }))
        .route("/hang", get(|| async { pending::<&str>().await }))
        .route("/down", get(|| async { StatusCode::BAD_GATEWAY }))
        .route(
            "/broken",
            get(|| async {
                let kind = Extension(ErrorKind::of(&Broken));
                (StatusCode::INTERNAL_SERVER_ERROR, kind)
            }),
        )
        .route(
            "/banned",
            get(|| async { (StatusCode::FORBIDDEN, Extension(Blocked("banned"))) }),
        )
        .route("/page", get(|| async { (Extension(Unmeasured), "page") }))
        .route(
            "/stream",
            get(|| async {
                let parts = ["ab", "cde", "f"].map(Ok::<_, io::Error>);
                Body::from_stream(futures_util::stream::iter(parts))
            }),
        )
        .route(
            "/cut",
            get(|| async {
                let parts = [Ok("ab"), Err(io::Error::other("cut"))];
                Body::from_stream(futures_util::stream::iter(parts))
            }),
        )
        .layer(layer)
}

async fn ask(app: &Router, method: Method, path: &str, body: Body) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).body(body);
    let request = request.expect("the request is valid");
    let answered = app.clone().oneshot(request).await;
    answered.unwrap_or_else(|never| match never {})
}

async fn read(response: Response<Body>) -> Bytes {
    let body = response.into_body().collect().await;
    body.expect("it is whole").to_bytes()
}

async fn asked(path: &str) -> Vec<String> {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let response = ask(&app, Method::GET, path, Body::empty()).await;
    read(response).await;
    samples(metrics)
}
