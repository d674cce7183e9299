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
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;

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
    _server: Server,
}

/// The first bytes of an answer that goes on for ever.
pub(crate) const FIRST: &str = "first";

fn endless(first: Option<&'static str>) -> Body {
    let frames = stream::iter(first).map(|text| Ok::<_, Infallible>(Bytes::from(text)));
    Body::from_stream(frames.chain(stream::pending()))
}

/// A server on a free port; it is cut off when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Open until it is to stop. Goes before the runtime, of which a thread waits for
    /// its end.
    running: Sender<()>,
    runtime: Runtime,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    pub(crate) fn start(app: Router) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let (running, stopped) = channel::<()>();
        let stopped = runtime.spawn_blocking(move || stopped.recv().is_err());
        let server = axum::serve(listener, app);
        let server = server.with_graceful_shutdown(async { drop(stopped.await) });
        let task = runtime.spawn(server.into_future());
        Ok(Self {
            address,
            running,
            runtime,
            task,
        })
    }

    /// Lets no more connections in, and waits for the end of all that are open.
    pub(crate) fn stop(self) {
        drop(self.running);
        let limit = Duration::from_secs(30);
        let stopped = async { timeout(limit, self.task).await };
        let stopped = self.runtime.block_on(stopped);
        let stopped = stopped.expect("every client has gone");
        let stopped = stopped.expect("the server doesn't panic");
        stopped.expect("the server doesn't fail");
    }
}

impl Service {
    pub(crate) fn start(metrics: Metrics) -> io::Result<Self> {
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
        let server = Server::start(app)?;
        Ok(Self {
            address: server.address,
            begun,
            _server: server,
        })
    }
}
