//! What the server serves with.

use axum::Router;
use metrics_runtime::{Listener, Server};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// What the server serves with.
pub(crate) enum Serving {
    /// The toolkit's own listener.
    Listener(Server),
    /// axum, on a runtime like that of an application.
    Axum {
        runtime: Runtime,
        address: SocketAddr,
    },
}

impl Serving {
    pub(crate) fn listen(listener: Listener) -> Self {
        let server = listener.address("127.0.0.1:0").start();
        Self::Listener(server.expect("a port is free"))
    }

    pub(crate) fn axum(app: Router) -> Self {
        let runtime = crate::runtime();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async { axum::serve(listener, app).await });
        Self::Axum { runtime, address }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        match self {
            Self::Listener(server) => server.local_addr(),
            Self::Axum { address, .. } => *address,
        }
    }

    /// Tasks that run. Nobody sees those of the listener's runtime, which is its own.
    pub(crate) fn tasks(&self) -> usize {
        match self {
            Self::Listener(_) => 0,
            Self::Axum { runtime, .. } => runtime.metrics().num_alive_tasks(),
        }
    }

    pub(crate) fn stop(self) {
        match self {
            Self::Listener(server) => server.shutdown(),
            Self::Axum { runtime, .. } => runtime.shutdown_background(),
        }
    }
}
