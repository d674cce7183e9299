//! Clients that stall, and a good one beside them.

use crate::client::{self, socket};
use crate::figure::{Figures, Show as _, percentile};
use crate::server::{Server, Setup};
use crate::{file, proves, runtime};
use integration_tests::deadline::poll;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Far more than any limit.
const PATIENCE: Duration = Duration::from_mins(1);

const STALLING: Ipv4Addr = Ipv4Addr::LOCALHOST;
const GOOD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// How a client stalls.
#[derive(Clone, Copy, Debug)]
enum Stall {
    /// Sends nothing.
    Silent,
    /// Sends half of a request's head.
    HalfHead,
    /// Sends a byte of a head now and then.
    Drip,
    /// Asks, and doesn't read the answer.
    Unread,
}

const STALLS: [Stall; 4] = [Stall::Silent, Stall::HalfHead, Stall::Drip, Stall::Unread];

/// Connects and stalls; gives how long it took until the server closed.
async fn stall(how: Stall, to: SocketAddr) -> io::Result<Duration> {
    let socket = socket(STALLING);
    if matches!(how, Stall::Unread) {
        // So that the system doesn't read in the client's stead.
        socket.set_recv_buffer_size(4_096)?;
    }
    let begun = Instant::now();
    let mut stream = socket.connect(to).await?;
    match how {
        Stall::Silent => closed(&mut stream).await,
        Stall::HalfHead => {
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHos").await?;
            closed(&mut stream).await;
        }
        Stall::Drip => {
            stream.write_all(b"GET /metrics HTTP/1.1\r\nX: ").await?;
            let pause = Duration::from_millis(if proves() { 1_000 } else { 20 });
            while timeout(pause, closed(&mut stream)).await.is_err() {
                if stream.write_all(b"x").await.is_err() {
                    break;
                }
            }
        }
        Stall::Unread => {
            let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(request).await?;
            // What closes it can't be seen behind what isn't read; a reset can.
            stream.ready(Interest::ERROR).await?;
        }
    }
    Ok(begun.elapsed())
}

/// Waits until the other end has closed.
async fn closed(stream: &mut TcpStream) {
    let mut byte = [0];
    while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {}
}

/// Scrapes until it is told to stop, on a connection that it keeps or on one for
/// each scrape.
async fn good(to: SocketAddr, keep: bool, stop: Arc<AtomicBool>) -> io::Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut kept = None;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let mut stream = match kept.take() {
            Some(stream) => stream,
            None => client::connect(GOOD, to).await?,
        };
        let answer = client::ask(&mut stream, "").await?;
        times.push(begun.elapsed());
        if answer.status != 200 {
            return Err(io::Error::other(format!("{answer:?}")));
        }
        if keep && answer.is_kept() {
            kept = Some(stream);
        }
        // A scraper has other targets too.
        sleep(Duration::from_millis(20)).await;
    }
    Ok(times)
}

// S15. Mutations: no limit for a head, or for a client that doesn't read; a connection
// whose answer isn't read is closed instead of reset.
#[test]
fn stalled_clients_are_closed_while_a_good_one_is_answered() {
    let setup = Setup {
        fill: |registry| {
            crate::population::fill(registry);
            // More than the systems of both ends keep for a client that doesn't
            // read.
            let large = registry.counter("large_total", &"h".repeat(4 << 20));
            large.expect("the name is valid").inc();
        },
        listen: |listener| {
            if proves() {
                return listener;
            }
            let short = Duration::from_secs(2);
            listener
                .max_connections(80)
                .header_timeout(short)
                .write_timeout(short)
                .answer_timeout(PATIENCE * 2)
        },
        ..Setup::default()
    };
    let count = if proves() { 1_000 } else { 40 };
    file::allow(count as u64 * 2 + 200);
    let test = "stall::stalled_clients_are_closed_while_a_good_one_is_answered";
    let Some(server) = Server::start(test, &setup) else {
        return;
    };
    let address = server.address();
    let files = file::open(server.process());
    let [closing, mut kept, mut fresh] = runtime().block_on(async {
        let stop = Arc::new(AtomicBool::new(false));
        let good = [true, false].map(|keep| tokio::spawn(good(address, keep, Arc::clone(&stop))));
        let stalled: Vec<_> = (0..count)
            .map(|number| {
                let how = STALLS[number % STALLS.len()];
                let stalling = tokio::spawn(timeout(PATIENCE, stall(how, address)));
                (how, stalling)
            })
            .collect();
        let mut closing = Vec::new();
        for (how, stalling) in stalled {
            let closed = stalling.await.expect("it doesn't panic");
            let closed = closed.unwrap_or_else(|_| panic!("{how:?} is open still"));
            closing.push(closed.unwrap_or_else(|error| panic!("{how:?}: {error:?}")));
        }
        stop.store(true, Ordering::Relaxed);
        let [kept, fresh] = good;
        let times = |joined: Result<io::Result<_>, _>| {
            let answered = joined.expect("it doesn't panic");
            answered.expect("a good client is answered")
        };
        [closing, times(kept.await), times(fresh.await)]
    });
    for times in [&kept, &fresh] {
        assert!(times.len() > 2, "the good one is answered again and again");
    }
    let left = || (file::open(server.process()) <= files).then_some(());
    poll(PATIENCE, left).expect("the server has closed them all");
    if !proves() {
        return;
    }
    let mut figures = Figures::default();
    figures.note("stalled clients", count);
    for (number, how) in STALLS.into_iter().enumerate() {
        let times = closing.iter().skip(number).step_by(STALLS.len());
        let last = times.max().copied().unwrap_or_default();
        let what = format!("the last of {how:?} is closed after");
        figures.hold(&what, last, Duration::from_secs(11));
    }
    let limit = Duration::from_millis(250);
    for (what, times) in [("kept", &mut kept), ("fresh", &mut fresh)] {
        figures.note(&format!("good scrapes, {what} connections"), times.len());
        figures.note("their median", percentile(times, 50).show());
        figures.hold("their 99th percentile", percentile(times, 99), limit);
    }
    figures.finish("a thousand stalled clients, and a good one of another address");
}
