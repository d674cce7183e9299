//! Scrapers that go away.

use crate::client::{self, Answer};
use crate::figure::{Bytes, Figures};
use crate::server::{Server, Setup};
use crate::{file, memory, proves, runtime, thread};
use axum::Router;
use integration_tests::deadline::poll;
use integration_tests::page::Page;
use metrics_runtime::Registry;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;

/// Far more than anything here takes, threads that tokio keeps for a while included.
const PATIENCE: Duration = Duration::from_mins(1);

/// Clients that are there at a time: more than the listener has slots for one address.
const AT_ONCE: usize = 50;

const REQUEST: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn fill(registry: &'static Registry) {
    crate::population::fill(registry);
    // More than the systems of both ends keep of an answer.
    let large = registry.counter("large_total", &"h".repeat(4 << 20));
    large.expect("the name is valid").inc();
}

/// Comes, and goes away at a place that depends on the number; whether it was answered
/// by then. Where there is something to read, the system tells the server by a reset.
async fn abort(number: usize, to: SocketAddr) -> std::io::Result<bool> {
    let mut stream = client::connect(Ipv4Addr::LOCALHOST, to).await?;
    match number % 5 {
        0 => {}
        1 => stream.write_all(&REQUEST[..20]).await?,
        2 => stream.write_all(REQUEST).await?,
        3 => {
            stream.write_all(REQUEST).await?;
            stream.read_exact(&mut [0; 1]).await?;
        }
        _ => {
            stream.write_all(REQUEST).await?;
            stream.read_exact(&mut vec![0; 100_000]).await?;
        }
    }
    Ok(number % 5 > 2)
}

fn scrape(address: SocketAddr) -> Answer {
    let answer = runtime().block_on(async {
        let mut stream = client::connect(Ipv4Addr::LOCALHOST, address).await?;
        client::ask(&mut stream, "Connection: close\r\n").await
    });
    answer.expect("it is answered")
}

/// How many there are of what a connection costs.
#[derive(Debug, PartialEq, Eq, PartialOrd)]
struct Held {
    files: usize,
    threads: usize,
    tasks: usize,
}

fn held(server: &mut Server) -> Held {
    Held {
        files: file::open(server.process()),
        threads: thread::count(server.process()),
        tasks: server.tasks(),
    }
}

impl Held {
    fn is_within(&self, before: &Self) -> bool {
        self.files <= before.files && self.threads <= before.threads && self.tasks <= before.tasks
    }
}

fn hold(test: &str, title: &str, setup: &Setup) {
    let count = if proves() { 10_000 } else { 300 };
    let Some(mut server) = Server::start(test, setup) else {
        return;
    };
    let address = server.address();
    // What is kept is made by the first.
    for _ in 0..3 {
        assert_eq!(scrape(address).status, 200);
    }
    let idle = usize::from(setup.mount.is_some());
    let settled = poll(PATIENCE, || (server.tasks() == idle).then_some(()));
    settled.expect("what accepts is all that runs");
    let before = held(&mut server);
    let (resident, _) = memory::resident(server.process());
    let answered = runtime().block_on(async {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let mut clients = Vec::with_capacity(count);
        for number in 0..count {
            let room = Arc::clone(&room).acquire_owned().await;
            let room = room.expect("it is never closed");
            clients.push(tokio::spawn(async move {
                let aborted = abort(number, address).await;
                drop(room);
                aborted
            }));
        }
        let mut answered = 0;
        for client in clients {
            // Some are refused, for there are too many of one address.
            let left = client.await.expect("it doesn't panic");
            answered += usize::from(matches!(left, Ok(true)));
        }
        answered
    });
    // Two in five read; some of them are refused.
    assert!(answered > count / 10, "{answered} of {count}");
    let settled = poll(PATIENCE, || {
        held(&mut server).is_within(&before).then_some(())
    });
    let after = held(&mut server);
    settled.unwrap_or_else(|| panic!("{before:?} became {after:?}"));
    let (left, _) = memory::resident(server.process());

    // It has places for as many as before, and nobody is counted but who asks.
    for _ in 0..3 {
        let answer = scrape(address);
        assert_eq!(answer.status, 200);
        let page = Page::parse(answer.text()).expect("the page is valid");
        assert_eq!(page.value("metrics_scrapes_in_flight", &[]), Some(1.0));
    }
    if !proves() {
        return;
    }
    let mut figures = Figures::default();
    figures.note("scrapes begun and left", count);
    figures.note("of them, in the answer", answered);
    figures.note("files, threads, tasks before", format!("{before:?}"));
    figures.note("files, threads, tasks after", format!("{after:?}"));
    figures.hold(
        "memory more than before",
        Bytes(left.saturating_sub(resident)),
        Bytes(32 << 20),
    );
    figures.finish(title);
}

// F28. Mutations: a slot isn't given back when it is dropped; the handler forgets what a
// request in flight holds.
#[test]
fn the_listener_keeps_nothing_of_those_who_go() {
    hold(
        "abort::the_listener_keeps_nothing_of_those_who_go",
        "ten thousand aborted scrapes of the listener",
        &Setup {
            fill,
            listen: |listener| listener.max_connections(40),
            ..Setup::default()
        },
    );
}

// F28. Mutation: the handler forgets what a request in flight holds.
#[test]
fn the_router_keeps_nothing_of_those_who_go() {
    hold(
        "abort::the_router_keeps_nothing_of_those_who_go",
        "ten thousand aborted scrapes of axum's router",
        &Setup {
            fill,
            mount: Some(|metrics| metrics.mount(Router::new())),
            ..Setup::default()
        },
    );
}
