//! What a scan finds and records, in this process.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, poll};
use integration_tests::page::Page;
use metrics_runtime::global;
use port_scan::{Hosts, Plan, Ports, Progress, Status, scan, scan_with};
use tokio::sync::{Mutex, MutexGuard};

use crate::socket::{FIRST, Filtered, LIMIT, SECOND, closed_port, open, results};

/// How long a silent port is waited for: longer than the second after which Linux asks
/// again, so that none is taken for silent whose answer a busy machine has dropped.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The registry is that of the process: tests that look at it take turns.
async fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

fn plan(hosts: &[Ipv4Addr], ports: &[u16]) -> Plan {
    let list = |items: Vec<String>| items.join(",");
    let hosts: Hosts = list(hosts.iter().map(ToString::to_string).collect())
        .parse()
        .expect("they are on loopback");
    let ports: Ports = list(ports.iter().map(ToString::to_string).collect())
        .parse()
        .expect("they are ports");
    Plan::new(hosts, ports).timeout(LIMIT)
}

/// The numbers of the page that aren't those of ports.
#[derive(Debug, PartialEq)]
struct Figures {
    ended: [Option<f64>; 3],
    hosts: Option<f64>,
    running: Option<f64>,
    ratio: Option<f64>,
}

fn figures() -> Figures {
    let page = global().to_text();
    let page = Page::parse(&page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    let value = |name| page.value(name, &[]);
    Figures {
        ended: OUTCOMES.map(|outcome| {
            let labels = [("outcome", outcome)];
            page.value("port_scan_duration_seconds_count", &labels)
        }),
        hosts: value("hosts_discovered_total"),
        running: value("port_scans_in_progress"),
        ratio: value("port_scan_progress_ratio"),
    }
}

const OUTCOMES: [&str; 3] = ["ok", "cancelled", "panic"];

/// What the page must say after one more scan, which has ended like this.
fn check_figures(mut before: Figures, outcome: &str, hosts: f64, ratio: f64) {
    for (count, found) in before.ended.iter_mut().zip(OUTCOMES) {
        if found == outcome {
            *count = Some(count.unwrap_or_default() + 1.0);
        }
    }
    before.hosts = Some(before.hosts.unwrap_or_default() + hosts);
    before.running = Some(0.0);
    before.ratio = Some(ratio);
    assert_eq!(figures(), before);
}

/// How often the page says more of these results than before.
fn rise(before: &str, port: &str, status: &str) -> f64 {
    let labels = [port, "unknown", status].map(str::to_owned);
    let of = |page: &str| results(page).get(&labels).copied().unwrap_or_default();
    of(&global().to_text()) - of(before)
}

// Mutations: a timeout is `Closed`; the host of a target is always the first; an answer
// of `Filtered` discovers its host.
#[tokio::test]
async fn finds_each_port_as_it_is() {
    let _turn = alone().await;
    let (both, one, closed) = (closed_port(), closed_port(), closed_port());
    let listeners = [open(FIRST, both), open(SECOND, both), open(SECOND, one)];
    let silent = Filtered::new(FIRST).await;
    // Neither of its ports answers.
    let third = Ipv4Addr::new(127, 0, 0, 3);
    let deaf = Filtered::new(third).await;
    let (before, page) = (figures(), global().to_text());

    let ports = [both, one, closed, silent.address.port()];
    let two = plan(&[FIRST, SECOND], &ports).timeout(PATIENCE);
    let progress = Progress::new(&two);
    scan(&two, &progress).await;
    let report = progress.report();
    let found = listeners.map(|listener| listener.local_addr().ok());
    let mut found = found.map(|address| address.expect("it is bound"));
    found.sort_unstable();
    assert_eq!(report.found, found);
    let counts = [report.open, report.closed, report.filtered, report.errors];
    assert_eq!(counts, [3, 4, 1, 0], "{report}");
    assert_eq!((report.hosts, report.probed(), report.total), (2, 8, 8));
    check_figures(before, "ok", 2.0, 1.0);
    assert!((rise(&page, &both.to_string(), "open") - 2.0).abs() < 0.1);
    assert!((rise(&page, &one.to_string(), "open") - 1.0).abs() < 0.1);
    assert!((rise(&page, "other", "closed") - 4.0).abs() < 0.1);
    assert!((rise(&page, "other", "filtered") - 1.0).abs() < 0.1);

    let before = figures();
    let one = plan(&[third], &[deaf.address.port()]).timeout(PATIENCE);
    let progress = Progress::new(&one);
    scan(&one, &progress).await;
    assert_eq!(
        (progress.count(Status::Filtered), progress.report().hosts),
        (1, 0)
    );
    check_figures(before, "ok", 0.0, 1.0);
}

// Mutation: a probe that fails is `Closed`, or the last error is kept.
#[tokio::test]
async fn tells_what_could_not_be_tried() {
    let _turn = alone().await;
    let page = global().to_text();
    let plan = plan(&[FIRST], &[1, 2, 3]);
    let progress = Progress::new(&plan);
    scan_with(
        &plan,
        &progress,
        async |address: SocketAddr| match address.port() {
            1 => Ok(Status::Closed),
            2 => Err(io::Error::other("no file")),
            _ => Err(ErrorKind::AddrNotAvailable.into()),
        },
    )
    .await;
    let report = progress.report();
    assert_eq!((report.closed, report.errors, report.hosts), (1, 2, 1));
    assert_eq!(report.first_error.as_deref(), Some("no file"));
    assert!((rise(&page, "other", "error") - 2.0).abs() < 0.1);
}

// Mutation: `consume_budget` is left out.
#[tokio::test]
async fn lets_others_run_though_all_answer_at_once() {
    let _turn = alone().await;
    let ports: Vec<u16> = (1..=1000).collect();
    let plan = plan(&[FIRST], &ports);
    let progress = Progress::new(&plan);
    let mut scan = Box::pin(scan_with(&plan, &progress, async |_| Ok(Status::Closed)));
    assert!(poll!(&mut scan).is_pending());
    let probed = progress.probed();
    assert!(probed > 0 && probed < 1000, "{probed}");
    scan.await;
    assert_eq!(progress.probed(), 1000);
}

// Mutations: `#[in_progress]` is taken away; `begin` isn't called.
#[tokio::test]
async fn keeps_what_was_found_when_it_is_cancelled() {
    let _turn = alone().await;
    let (before, page) = (figures(), global().to_text());
    let plan = plan(&[FIRST], &[4001, 4002, 4003, 4004]);
    let progress = Progress::new(&plan);
    let mut scan = Box::pin(scan_with(
        &plan,
        &progress,
        async |address: SocketAddr| match address.port() {
            4001 => Ok(Status::Open),
            4002 => Ok(Status::Filtered),
            _ => pending().await,
        },
    ));
    while progress.probed() < 2 {
        assert!(poll!(&mut scan).is_pending());
    }
    let now = figures();
    assert_eq!((now.running, now.ratio), (Some(1.0), Some(0.5)));

    drop(scan);
    let report = progress.report();
    assert_eq!((report.probed(), report.total), (2, 4));
    assert_eq!(report.found, [SocketAddr::from((FIRST, 4001))]);
    check_figures(before, "cancelled", 1.0, 0.5);
    assert!((rise(&page, "4001", "open") - 1.0).abs() < 0.1);

    // The next one starts anew.
    let next = Progress::new(&plan);
    let mut scan = Box::pin(scan_with(&plan, &next, |_| pending()));
    assert!(poll!(&mut scan).is_pending());
    let now = figures();
    assert_eq!((now.running, now.ratio), (Some(1.0), Some(0.0)));
}

#[tokio::test]
async fn records_its_panic() {
    let _turn = alone().await;
    let before = figures();
    let plan = plan(&[FIRST], &[1, 2, 3, 4]).concurrency(NonZeroU16::MIN);
    let progress = Progress::new(&plan);
    let scan = scan_with(&plan, &progress, async |address: SocketAddr| {
        assert!(address.port() < 4, "a probe of a test that panics");
        Ok(Status::Closed)
    });
    assert!(AssertUnwindSafe(scan).catch_unwind().await.is_err());
    assert_eq!((progress.probed(), progress.report().closed), (3, 3));
    check_figures(before, "panic", 1.0, 0.75);
}

// Mutation: `buffer_unordered` is given one more.
#[tokio::test]
async fn tries_no_more_at_a_time_than_it_may() {
    let _turn = alone().await;
    let ports: Vec<u16> = (1..=100).collect();
    let seven = NonZeroU16::new(7).expect("it isn't zero");
    let plan = plan(&[FIRST], &ports).concurrency(seven);
    let progress = Progress::new(&plan);
    let (running, most) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    scan_with(&plan, &progress, async |_| {
        running.set(running.get() + 1);
        most.set(most.get().max(running.get()));
        tokio::task::yield_now().await;
        running.set(running.get() - 1);
        Ok(Status::Closed)
    })
    .await;
    assert_eq!((most.get(), running.get(), progress.probed()), (7, 0, 100));
}
