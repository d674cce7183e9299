//! One handler, counted and timed, and the page that Prometheus reads.

use std::error::Error;
use std::net::SocketAddr;

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use metrics_runtime::{Metrics, counted, timed};
use tokio::net::TcpListener;

#[timed]
#[counted]
async fn greet(Path(name): Path<String>) -> Result<String, StatusCode> {
    if name == "nobody" {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(format!("Hello, {name}!\n"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let metrics = Metrics::builder().build()?;
    let app = Router::new()
        .route("/hello/{name}", get(greet))
        .nest_service("/metrics", metrics.router());

    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("hello    http://127.0.0.1:3000/hello/world");
    println!("metrics  http://127.0.0.1:3000/metrics");
    // With the addresses of those who ask, which decide who is shown the metrics.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
