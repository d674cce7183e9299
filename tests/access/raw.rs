//! Servers, and requests to them byte for byte.

use axum::Router;
use metrics_runtime::Metrics;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Applications on sockets; they stop when this is dropped.
pub(crate) struct Servers {
    runtime: Runtime,
}

impl Servers {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.expect("there are threads");
        Self { runtime }
    }

    fn listener(&self) -> (TcpListener, SocketAddr) {
        let listener = self.runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.expect("a port of loopback is free");
        let address = listener.local_addr().expect("it is bound");
        (listener, address)
    }

    /// Serves an application that is told who asks.
    pub(crate) fn serve(&self, app: Router) -> SocketAddr {
        let (listener, address) = self.listener();
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        self.runtime
            .spawn(async { axum::serve(listener, app).await });
        address
    }

    /// Serves one that isn't.
    pub(crate) fn serve_unaware(&self, app: Router) -> SocketAddr {
        let (listener, address) = self.listener();
        self.runtime
            .spawn(async { axum::serve(listener, app).await });
        address
    }
}

/// The toolkit's own listener.
pub(crate) fn listen(metrics: &Metrics) -> SocketAddr {
    let server = metrics.serve("127.0.0.1:0").expect("a port is free");
    // Dropped, it goes on.
    server.local_addr()
}

/// What a server has answered; status zero if nothing that is HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.status, 401 | 403 | 429)
    }
}

/// Asks for a path with these lines of headers, as they are.
pub(crate) fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let limit = Some(Duration::from_secs(30));
    stream.set_read_timeout(limit).expect("it isn't zero");
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("it is read");
    let mut answer = Vec::new();
    // One that is refused before it was read is reset.
    let read = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(read.is_ok() || !text.is_empty(), "{request}: {read:?}");
    let status = text
        .strip_prefix("HTTP/1.1 ")
        .and_then(|text| text.get(..3));
    Answer {
        status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
        text,
    }
}
