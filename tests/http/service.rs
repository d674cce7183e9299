//! A service whose answers can be left in any state.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::routing::get;
use futures_util::stream::{self, StreamExt as _};
use metrics_runtime::Metrics;
use std::collections::HashSet;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The requests whose handler has begun.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    tokens: Mutex<HashSet<u64>>,
    changed: Condvar,
}

impl Begun {
    fn enter(&self, token: u64) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(token);
        drop(tokens);
        self.changed.notify_all();
    }

    /// Waits until the handler of this request runs.
    pub(crate) fn wait(&self, token: u64) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        while !tokens.remove(&token) {
            tokens = self
                .changed
                .wait(tokens)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The service; it stops when it is dropped.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) begun: Arc<Begun>,
    _runtime: Runtime,
}

/// The first bytes of an answer that goes on for ever.
pub(crate) const FIRST: &str = "first";

fn endless(first: Option<&'static str>) -> Body {
    let frames = stream::iter(first).map(|text| Ok::<_, Infallible>(Bytes::from(text)));
    Body::from_stream(frames.chain(stream::pending()))
}

impl Service {
    pub(crate) fn start(metrics: Metrics) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let begun = Arc::new(Begun::default());
        let hang = |Path(token): Path<u64>, State(begun): State<Arc<Begun>>| async move {
            begun.enter(token);
            pending::<&str>().await
        };
        let app = Router::new()
            .route("/users/{id}", get(|Path(id): Path<String>| async { id }))
            .route("/hang/{token}", get(hang))
            .route("/late", get(|| async { endless(None) }))
            .route("/endless", get(|| async { endless(Some(FIRST)) }))
            .layer(metrics.http_layer())
            .with_state(Arc::clone(&begun));
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        runtime.spawn(async { axum::serve(listener, app).await });
        Ok(Self {
            address,
            begun,
            _runtime: runtime,
        })
    }
}
