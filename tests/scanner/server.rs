//! The service that is scanned: this test's binary, run again as a child.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use integration_tests::served::say;
use metrics_runtime::{Diagnostic, Metrics, counted, set_diagnostics_hook, timed};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// How often the toolkit told of an overflow.
static TOLD: AtomicU64 = AtomicU64::new(0);

#[timed]
async fn front() -> &'static str {
    "front"
}

/// The mistake that everybody makes once: the label is what the client likes.
#[timed]
#[counted(name = "lookups_total", help = "Lookups by user.", labels(user = id.as_str()))]
async fn look_up(Path(id): Path<String>) -> String {
    id
}

/// The child: serves, and answers what it is asked, a line each.
pub(crate) fn serve() {
    let hook = |diagnostic: &Diagnostic| {
        if let Diagnostic::Overflow { .. } = diagnostic {
            // Relaxed: only the number counts.
            TOLD.fetch_add(1, Ordering::Relaxed);
        }
    };
    set_diagnostics_hook(hook).expect("the process has no hook yet");
    let metrics = Metrics::builder().build().expect("nothing is wrong");
    let app: Router = Router::new()
        .route("/", get(front))
        .route("/users/{id}", get(look_up))
        .layer(metrics.http_layer())
        .nest_service("/metrics", metrics.router());
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be started");
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
    let listener = listener.expect("a port of loopback is free");
    say(&listener.local_addr().expect("it is bound"));
    // Else each batch of answers waits for the scanner's system to acknowledge the
    // one before.
    let listener = listener.tap_io(|stream| {
        stream.set_nodelay(true).expect("it is connected");
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async { axum::serve(listener, app).await });
    for command in io::stdin().lines().map_while(Result::ok) {
        match command.as_str() {
            "told" => say(&TOLD.load(Ordering::Relaxed)),
            command => panic!("`{command}` is no command"),
        }
    }
}
