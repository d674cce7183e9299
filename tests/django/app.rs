//! The application: the routes of `reference/django_app.py`.

use crate::store::{Cache, ItemRepository};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use futures_util::stream;
use metrics_runtime::builtin::django::django_http_responses_total_by_templatename_total;
use metrics_runtime::{ErrorKind, ErrorLabel, Metrics};
use std::borrow::Cow;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

struct Shop {
    items: ItemRepository,
    cache: Cache,
}

/// What the views of the application raise.
enum Raised {
    ValueError,
    PermissionDenied,
    Http404,
    Database,
}

impl ErrorLabel for Raised {
    fn error_label(&self) -> &'static str {
        match self {
            Self::ValueError => "ValueError",
            Self::PermissionDenied => "PermissionDenied",
            Self::Http404 => "Http404",
            Self::Database => "DatabaseError",
        }
    }
}

impl IntoResponse for Raised {
    fn into_response(self) -> Response {
        let status = match self {
            Self::ValueError | Self::Database => StatusCode::INTERNAL_SERVER_ERROR,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::Http404 => StatusCode::NOT_FOUND,
        };
        (status, Extension(ErrorKind::of(&self)), "raised").into_response()
    }
}

impl From<sqlx::Error> for Raised {
    fn from(_: sqlx::Error) -> Self {
        Self::Database
    }
}

async fn index(State(shop): State<Arc<Shop>>) -> &'static str {
    shop.cache.set("k", "v").await;
    shop.cache.get("k").await;
    shop.cache.get("missing").await;
    // `get_many`, which Django counts by key.
    for key in ["k", "nope"] {
        shop.cache.get(key).await;
    }
    "index"
}

async fn create(
    State(shop): State<Arc<Shop>>,
    body: Bytes,
) -> Result<(StatusCode, &'static str), Raised> {
    let name = String::from_utf8_lossy(&body);
    shop.items.create(&name).await?;
    shop.items.save(&name, "saved").await?;
    shop.items.create_in_bulk(["one", "two"]).await?;
    shop.items.update_all("one", "three").await?;
    shop.items.delete("saved").await?;
    Ok((StatusCode::CREATED, "created"))
}

async fn fail_in_database(State(shop): State<Arc<Shop>>) -> Result<&'static str, Raised> {
    shop.items.create("dup").await?;
    let again = shop.items.create("dup").await;
    shop.items.delete_all().await?;
    let created = shop.items.create_many().await?;
    let is_taken = |error: &sqlx::Error| {
        let error = error.as_database_error();
        error.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    };
    assert_eq!(created.len(), 2, "two statements");
    assert!(again.is_err_and(|error| is_taken(&error)));
    Ok("failed once")
}

async fn template() -> Html<&'static str> {
    django_http_responses_total_by_templatename_total("t.html").inc();
    Html("<p>template</p>")
}

async fn streamed() -> Body {
    let chunks = ["a", "b"].map(Ok::<_, Infallible>);
    Body::from_stream(stream::iter(chunks))
}

async fn list(State(shop): State<Arc<Shop>>) -> Result<String, Raised> {
    Ok(shop.items.count().await?.to_string())
}

async fn detail(State(shop): State<Arc<Shop>>, Path(pk): Path<i64>) -> Result<String, Raised> {
    if pk > shop.items.count().await? {
        return Err(Raised::Http404);
    }
    Ok(format!("item {pk}"))
}

/// The names that the views have in Django.
fn view_of(endpoint: &str) -> Option<Cow<'static, str>> {
    let name = match endpoint {
        "/" => "index",
        "/create" => "create",
        "/dberr" => "dberr",
        "/boom" => "boom",
        "/denied" => "denied",
        "/tpl" => "tpl",
        "/stream" => "stream",
        "/anon" => "shop.views.anon",
        "/cbv" => "cbv",
        "/shop/" => "shop:list",
        "/shop/{pk}/" => "shop:detail",
        "/metrics" => "prometheus-django-metrics",
        _ => return None,
    };
    Some(name.into())
}

/// The application on a port of loopback; it stops when this is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    _runtime: Runtime,
}

impl Served {
    pub(crate) fn start(metrics: Metrics) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let items = runtime.block_on(ItemRepository::connect(metrics));
        let shop = Shop {
            items: items.expect("there is memory"),
            cache: Cache::new(metrics),
        };
        let app = Router::new()
            .route("/", any(index))
            .route("/create", any(create))
            .route("/dberr", any(fail_in_database))
            .route("/boom", any(|| async { Raised::ValueError }))
            .route("/denied", any(|| async { Raised::PermissionDenied }))
            .route("/tpl", any(template))
            .route("/stream", any(streamed))
            .route(
                "/anon",
                any(|| async { ([(CONTENT_TYPE, "application/octet-stream")], "anon") }),
            )
            .route("/cbv", get(|| async { "cbv" }))
            .route("/slashed/", any(|| async { "slashed" }))
            .route("/shop/", any(list))
            .route("/shop/{pk}/", any(detail))
            .nest_service("/metrics", metrics.router::<()>())
            .with_state(Arc::new(shop))
            // As in Django, the page is among the requests.
            .layer(metrics.http_layer().include_own().view_by(view_of));
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        runtime.spawn(async { axum::serve(listener, app).await });
        Ok(Self {
            address,
            _runtime: runtime,
        })
    }
}
