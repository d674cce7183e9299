//! Scrapers that read a byte at a time, on axum's router.

use crate::client::{self, socket};
use crate::figure::{Bytes, Figures, Show as _, percentile};
use crate::server::{Server, Setup};
use crate::{file, memory, proves, runtime};
use axum::Router;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Barrier;
use tokio::time::{sleep, timeout};

const SLOW: Ipv4Addr = Ipv4Addr::LOCALHOST;
const GOOD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// The page, at least; more than the systems of both ends keep of it.
const PAGE: usize = 4 << 20;

/// What the server may have in memory more than before, whatever the number of readers:
/// the shared pages, of which there are twelve at most, and what is made of one more.
const MEMORY: u64 = 14 * PAGE as u64;

/// Connects, asks when all do, and reads a byte a second until it is stopped; gives how
/// many it has read.
async fn read_slowly(to: SocketAddr, all: Arc<Barrier>) -> io::Result<u64> {
    let socket = socket(SLOW);
    // So that the system doesn't read in the client's stead.
    socket.set_recv_buffer_size(4_096)?;
    let mut stream = socket.connect(to).await?;
    all.wait().await;
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).await?;
    stream.read_exact(&mut [0]).await?;
    // All are being answered; the good one begins.
    all.wait().await;
    let mut read = 1;
    let pause = Duration::from_secs(1);
    let stopped = async {
        all.wait().await;
    };
    let reading = async {
        loop {
            sleep(pause).await;
            stream.read_exact(&mut [0]).await?;
            read += 1;
        }
    };
    tokio::select! {
        () = stopped => Ok(read),
        failed = reading => failed,
    }
}

/// Scrapes so often, by a connection each.
async fn scrape(to: SocketAddr, count: usize) -> io::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        let mut stream = client::connect(GOOD, to).await?;
        let answer = client::ask(&mut stream, "Connection: close\r\n").await?;
        times.push(begun.elapsed());
        if answer.status != 200 || answer.body.len() < PAGE {
            return Err(io::Error::other(answer.status.to_string()));
        }
        // A scraper has other targets too.
        sleep(Duration::from_millis(20)).await;
    }
    Ok(times)
}

// F27. Mutation: each answer has a page of its own.
#[test]
fn slow_readers_of_the_router_take_few_pages_and_keep_nobody_out() {
    let setup = Setup {
        fill: |registry| {
            crate::population::fill(registry);
            let large = registry.counter("large_total", &"h".repeat(PAGE));
            large.expect("the name is valid").inc();
        },
        mount: Some(|metrics| metrics.mount(Router::new())),
        ..Setup::default()
    };
    let (readers, scrapes) = if proves() { (200, 1_000) } else { (50, 20) };
    file::allow(readers as u64 + 200);
    let test = "slow::slow_readers_of_the_router_take_few_pages_and_keep_nobody_out";
    let Some(server) = Server::start(test, &setup) else {
        return;
    };
    let (address, process) = (server.address(), server.process());
    let (read, mut times, resident, peak) = runtime().block_on(async {
        scrape(address, 3).await.expect("it is answered");
        let (resident, _) = memory::resident(process);
        memory::reset_peak(process);
        let all = Arc::new(Barrier::new(readers + 1));
        let reading = || tokio::spawn(read_slowly(address, Arc::clone(&all)));
        let reading: Vec<_> = (0..readers).map(|_| reading()).collect();
        let meeting = async {
            all.wait().await;
            all.wait().await;
        };
        let met = timeout(PATIENCE, meeting).await;
        met.expect("all are being answered");
        let times = timeout(PATIENCE * 5, scrape(address, scrapes)).await;
        let times = times.expect("it ends").expect("a good one is answered");
        let (_, peak) = memory::resident(process);
        all.wait().await;
        let mut read = Vec::new();
        for reader in reading {
            let one = reader.await.expect("it doesn't panic");
            read.push(one.expect("it is answered still"));
        }
        (read, times, resident, peak)
    });
    let more = peak.saturating_sub(resident);
    assert!(
        more <= MEMORY,
        "{} for {readers} readers",
        Bytes(more).show()
    );
    assert_eq!(times.len(), scrapes);
    if !proves() {
        return;
    }
    let mut figures = Figures::default();
    figures.note("readers of a byte a second", readers);
    figures.note("bytes that they have read", read.iter().sum::<u64>());
    figures.note("a page", Bytes(PAGE as u64).show());
    figures.hold("memory above idle", Bytes(more), Bytes(MEMORY));
    figures.note("good scrapes", scrapes);
    figures.note("their median", percentile(&mut times, 50).show());
    let limit = Duration::from_millis(250);
    figures.hold("their 99th percentile", percentile(&mut times, 99), limit);
    figures.finish("readers of a byte a second, on axum's router");
}
