//! Scrapers that come all at once.

use crate::client::{self, Answer};
use crate::figure::{Bytes, Figures, percentile};
use crate::recorder::{COUNTER, HISTOGRAM};
use crate::server::{Server, Setup};
use crate::{file, memory, proves, runtime};
use flate2::read::GzDecoder;
use integration_tests::deadline::poll;
use integration_tests::page::Page;
use std::future::{Future as _, poll_fn};
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio::time::timeout;

/// No answer takes as long, however many are waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// What each scraper asks for, in turn: as Prometheus does, and as `curl` does.
const HEADERS: [&str; 4] = [
    "Accept: application/openmetrics-text;version=1.0.0\r\nAccept-Encoding: gzip\r\n",
    "",
    "Accept-Encoding: gzip\r\n",
    "Accept: application/openmetrics-text;version=1.0.0\r\n",
];

/// An answer, and how long it took from the beginning of the connection.
struct Scrape {
    status: u16,
    took: Duration,
}

/// Connects when all others do, asks once, and keeps the connection until all are
/// answered.
async fn scrape(
    number: usize,
    from: Ipv4Addr,
    to: SocketAddr,
    all: Arc<Barrier>,
) -> Result<Scrape, String> {
    let socket = client::socket(from);
    let begun = Instant::now();
    let mut connecting = pin!(socket.connect(to));
    // Begins to connect, and asks only when all have begun.
    let connected = poll_fn(|cx| Poll::Ready(connecting.as_mut().poll(cx))).await;
    all.wait().await;
    let talk = async {
        let mut stream = match connected {
            Poll::Ready(stream) => stream?,
            Poll::Pending => connecting.await?,
        };
        let answer = client::ask(&mut stream, HEADERS[number % HEADERS.len()]).await?;
        Ok::<_, std::io::Error>((stream, answer))
    };
    let talked = timeout(PATIENCE, talk).await;
    let took = begun.elapsed();
    all.wait().await;
    let (_stream, answer) = talked
        .map_err(|_| "no answer".to_owned())?
        .map_err(|error| format!("{error:?}"))?;
    check(&answer, number)?;
    Ok(Scrape {
        status: answer.status,
        took,
    })
}

/// Whether an answer is what it may be.
fn check(answer: &Answer, number: usize) -> Result<(), String> {
    let zipped = answer.header("content-encoding") == Some("gzip");
    let open = HEADERS[number % HEADERS.len()].contains("openmetrics");
    match answer.status {
        200 if zipped && !number.is_multiple_of(20) => Ok(()),
        200 => {
            let mut page = Vec::new();
            if zipped {
                let read = GzDecoder::new(&*answer.body).read_to_end(&mut page);
                read.map_err(|error| format!("{error:?}"))?;
            }
            let page = if zipped { &page } else { &answer.body };
            let end: &[u8] = if open { b"\n# EOF\n" } else { b"\n" };
            let whole = page.ends_with(end) && page.starts_with(b"# ");
            whole
                .then_some(())
                .ok_or_else(|| "the page isn't whole".to_owned())
        }
        503 => {
            let later = answer.header("retry-after").is_some();
            later
                .then_some(())
                .ok_or_else(|| "503 without Retry-After".to_owned())
        }
        other => Err(format!("status {other}")),
    }
}

/// Has `count` scrapers come at once from as many addresses.
fn storm(to: SocketAddr, count: usize, addresses: usize) -> Vec<Result<Scrape, String>> {
    runtime().block_on(async {
        let all = Arc::new(Barrier::new(count));
        let scrapes: Vec<_> = (0..count)
            .map(|number| {
                let host = u8::try_from(number % addresses).expect("they are few") + 1;
                let from = Ipv4Addr::new(127, 0, 0, host);
                tokio::spawn(scrape(number, from, to, Arc::clone(&all)))
            })
            .collect();
        let mut answers = Vec::with_capacity(count);
        for scrape in scrapes {
            answers.push(scrape.await.expect("it doesn't panic"));
        }
        answers
    })
}

/// How many of each status; fails if anything else came.
fn statuses(answers: &[Result<Scrape, String>]) -> [usize; 2] {
    let errors: Vec<&String> = answers.iter().filter_map(|it| it.as_ref().err()).collect();
    let some = &errors[..errors.len().min(5)];
    assert!(errors.is_empty(), "{} failed: {some:?}", errors.len());
    let count = |status| {
        let answers = answers.iter().flatten();
        answers.filter(|answer| answer.status == status).count()
    };
    [count(200), count(503)]
}

/// Asks once more; it is alone now.
fn page_of(address: SocketAddr) -> Page {
    let answer = runtime().block_on(async {
        let mut stream = client::connect(Ipv4Addr::LOCALHOST, address).await?;
        client::ask(&mut stream, "").await
    });
    let answer = answer.expect("it is answered");
    assert_eq!(answer.status, 200);
    Page::parse(answer.body).expect("the page is valid")
}

/// The scrapers of `addresses`, against a server that records meanwhile.
fn hold(test: &str, title: &str, addresses: usize) {
    let setup = Setup {
        records: true,
        listen: |listener| {
            if proves() {
                listener
            } else {
                // As scarce as for ten thousand.
                listener.max_connections(80)
            }
        },
        ..Setup::default()
    };
    let count = if proves() { 10_000 } else { 400 };
    file::allow(count as u64 + 200);
    let Some(mut server) = Server::start(test, &setup) else {
        return;
    };
    let address = server.address();
    // The first page makes what is kept for the next.
    page_of(address);
    let (begun, before) = (Instant::now(), server.work());
    if proves() {
        while begun.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let idle = server.work().since(before);
    let files = file::open(server.process());
    let (resident, _) = memory::resident(server.process());
    memory::reset_peak(server.process());

    let (begun, before) = (Instant::now(), server.work());
    let answers = storm(address, count, addresses);
    let took = begun.elapsed();
    let loaded = server.work().since(before);
    let (_, peak) = memory::resident(server.process());
    let [pages, refusals] = statuses(&answers);
    assert_eq!(pages + refusals, count);
    assert!(pages > 0, "somebody gets the page");

    // Nobody's file is kept: the clients have gone.
    let left = || (file::open(server.process()) <= files).then_some(());
    poll(Duration::from_secs(30), left).expect("the server closes what its clients closed");
    let recorded = server.stop_recording().recordings;
    let page = page_of(address);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let expected = Some(recorded as f64);
    assert_eq!(page.sum(COUNTER, &[]), expected);
    assert_eq!(page.sum(&format!("{HISTOGRAM}_count"), &[]), expected);

    if !proves() {
        return;
    }
    let mut times: Vec<Duration> = answers.iter().flatten().map(|it| it.took).collect();
    let mut figures = Figures::default();
    figures.note("scrapers at once", count);
    figures.note("their addresses", addresses);
    figures.note("answered with 200", pages);
    figures.note("answered with 503", refusals);
    let other = (count - pages - refusals) as u64;
    figures.hold("resets, short answers, other statuses", other, 0);
    figures.note("all answered after", format!("{:.1} s", took.as_secs_f64()));
    let half = percentile(&mut times, 50);
    figures.note(
        "half answered within",
        format!("{:.1} s", half.as_secs_f64()),
    );
    let more = peak.saturating_sub(resident);
    figures.hold("memory above idle", Bytes(more), Bytes(128 << 20));
    figures.note("recordings meanwhile", loaded.recordings);
    figures.note("a recording, idle", format!("{:.1} ns", idle.cost()));
    figures.note("a recording, meanwhile", format!("{:.1} ns", loaded.cost()));
    figures.hold("times its idle cost", loaded.cost() / idle.cost(), 2.0);
    figures.finish(title);
}

// F26. Mutation: those who can't wait are closed instead of refused.
#[test]
fn scrapers_of_several_addresses_are_all_answered() {
    hold(
        "scraper::scrapers_of_several_addresses_are_all_answered",
        "ten thousand scrapers at once, from several addresses",
        20,
    );
}

// F26. Mutation: as above; one address has few slots, so most of these are refused.
#[test]
fn scrapers_of_one_address_are_all_answered() {
    hold(
        "scraper::scrapers_of_one_address_are_all_answered",
        "ten thousand scrapers at once, from one address",
        1,
    );
}
