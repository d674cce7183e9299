//! The service that is scanned: this test's binary, run again as a child.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use integration_tests::memory::resident_bytes_of;
use metrics_runtime::{Diagnostic, Metrics, counted, set_diagnostics_hook, timed};
use std::env;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

const CHILD: &str = "SCANNED_SERVER";

/// What stands before each answer of the child: the test harness, which is in it
/// too, prints lines of its own.
const MARK: &str = "server: ";

/// The child takes far less for anything that it is asked.
const PATIENCE: Duration = Duration::from_mins(1);

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

/// The child, as the test sees it; it ends with this.
pub(crate) struct Server {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<String>,
    address: SocketAddr,
}

impl Server {
    /// Starts the server of the test whose path is `test`; in the server itself,
    /// serves until it isn't needed any more, and gives nothing.
    pub(crate) fn start(test: &str) -> Option<Self> {
        if env::var_os(CHILD).is_some() {
            serve();
            return None;
        }
        let binary = env::current_exe().expect("the test has a binary");
        let mut child = Command::new(binary)
            .args(["--exact", test, "--nocapture"])
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let commands = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
        let (sender, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, answer)) = line.split_once(MARK) {
                    drop(sender.send(answer.to_owned()));
                }
            }
        });
        let mut server = Self {
            child,
            commands,
            answers,
            address: ([0, 0, 0, 0], 0).into(),
        };
        let address = server.answer();
        server.address = address.parse().expect("it is an address");
        Some(server)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn resident_bytes(&self) -> u64 {
        resident_bytes_of(self.child.id())
    }

    pub(crate) fn ask(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").expect("the server runs");
        self.answer()
    }

    fn answer(&self) -> String {
        let answer = self.answers.recv_timeout(PATIENCE);
        answer.expect("the server answers")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, if it failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The child: serves, and answers what it is asked, a line each.
fn serve() {
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

fn say(line: &dyn ToString) {
    println!("{MARK}{}", line.to_string());
}
