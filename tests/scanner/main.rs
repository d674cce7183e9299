//! A scanner against a service: random paths, methods, headers and junk over raw
//! sockets, and label values of the scanner's choice. The service is a process of
//! its own, this binary run again, so that its memory can be measured.
//!
//! `METRICS_SEED` repeats a run; its seed is printed. With `METRICS_PROVE` there are
//! a million requests instead of twenty thousand.

mod connection;
mod figure;
mod request;
mod scan;
mod server;

use figure::Growth;
use integration_tests::deadline::poll;
use integration_tests::http;
use integration_tests::memory::resident_bytes_of;
use integration_tests::page::Page;
use integration_tests::served::Served;
use request::{METHODS, Request};
use scan::{Scan, Tally};
use std::env;
use std::net::SocketAddr;
use std::time::Duration;

/// What the scanner may add: series to all families together, but for the one whose
/// label is the client's, and bytes to the process.
const SERIES: usize = 10;
const MEMORY: u64 = 16 << 20;

/// What the scanner adds one series to: requests that meet no route, of any method.
const UNMATCHED: [&str; 6] = [
    "http_request_duration_seconds",
    "http_request_size_bytes",
    "http_requests_in_progress",
    "http_requests_total",
    "http_response_size_bytes",
    "http_time_to_first_byte_seconds",
];

/// Series of a family whose labels are open, before it overflows.
const CAP: usize = 2_000;

fn number(variable: &str, or_else: impl FnOnce() -> u64) -> u64 {
    env::var(variable).map_or_else(
        |_| or_else(),
        |value| value.parse().expect("the variable is a number"),
    )
}

fn page(address: SocketAddr) -> Page {
    let answer = http::get(&format!("http://{address}/metrics"), &[]);
    let answer = answer.expect("the service answers");
    assert_eq!(answer.status, 200);
    Page::parse(&answer.body).expect("the page is valid")
}

// S1, S2, S3. Mutations: `MethodLabel::of` takes all others for `GET`; `unmatched` looks
// at the method; `Endpoint::with` falls back to the path; `DEFAULT_CAP` is twice as high; a further family of the layer
// has the client's method or path.
#[test]
fn a_scanner_makes_few_series_and_takes_little_memory() {
    let Some(mut server) = Served::start(
        "a_scanner_makes_few_series_and_takes_little_memory",
        server::serve,
    ) else {
        return;
    };
    let proves = env::var_os("METRICS_PROVE").is_some();
    let requests = if proves { 1_000_000 } else { 20_000 };
    let seed = number("METRICS_SEED", || fastrand::u64(..));
    println!("METRICS_SEED={seed}");

    // What any client makes: each method of each route, which the program bounds.
    let blank = page(server.address());
    let mut tally = Tally::default();
    let mut first = Scan::new(server.address(), seed);
    first.send_all(Request::expected(), &mut tally);
    let before = page(server.address());
    let resident = resident_bytes_of(server.process());

    tally.add(scan::scan(server.address(), seed, requests));
    let expected = tally.series();
    let settled = poll(Duration::from_mins(1), || {
        let page = page(server.address());
        let is_settled = figure::requests(&page) == expected && figure::open(&page) == 0;
        is_settled.then_some(page)
    });
    let after = settled.unwrap_or_else(|| page(server.address()));
    let grown = resident_bytes_of(server.process()).saturating_sub(resident);
    assert_eq!(figure::requests(&after), expected);

    let growth = Growth::between(&before, &after);
    println!(
        "{} requests answered, {} refused by the server; {} methods",
        tally.answered(),
        tally.refused,
        tally.methods.len(),
    );
    println!("series added: {growth}");
    println!(
        "memory: {} KiB before, {} KiB added",
        resident >> 10,
        grown >> 10
    );
    assert!(tally.refused > 0 && tally.methods.len() > 100);
    // What any client makes of two routes, by nine methods that come to them: the program
    // bounds it, and the scanner adds nothing there.
    let routed = Growth::between(&blank, &before);
    let routed = routed.of_http();
    println!("series of the routes, by families of HTTP: {routed:?}");
    assert_eq!(routed, UNMATCHED.map(|family| (family, 2 * METHODS.len())));
    let http = growth.of_http();
    println!("series added to the families of HTTP: {http:?}");
    assert_eq!(http, UNMATCHED.map(|family| (family, 1)));
    let families = growth.families();
    let own = families.filter(|(family, _)| *family != "lookups_total");
    let added: usize = own.map(|(_, added)| added).sum();
    println!("series added in all, without the client's label: {added}");
    assert!(added <= SERIES, "{growth}");
    let lookups = growth
        .families()
        .find(|(family, _)| *family == "lookups_total");
    assert!(lookups.is_none_or(|(_, added)| added <= CAP), "{growth}");
    assert!(grown <= MEMORY, "{grown} bytes");
    assert_eq!(figure::open(&after), 0);
    check_open_label(&after, &tally, &mut server);
}

/// What a client may choose freely is held to the cap, and what is over it is still
/// counted, and told once.
fn check_open_label(page: &Page, tally: &Tally, server: &mut Served) {
    let values = page
        .samples()
        .filter(|sample| sample.name == "lookups_total");
    assert_eq!(values.count(), CAP + 1);
    let sum = page.sum("lookups_total", &[]);
    assert_eq!(sum, Some(figure::as_value(tally.lookups)));
    let over = tally.lookups - CAP as u64;
    let labels = [("family", "lookups_total")];
    let overflow = page.value("metrics_series_overflow_total", &labels);
    assert_eq!(overflow, Some(figure::as_value(over)));
    let overflow = page.sum("lookups_total", &[("user", "__overflow__")]);
    assert_eq!(overflow, Some(figure::as_value(over)));
    println!(
        "{} lookups, {over} of them in the overflow series",
        tally.lookups
    );
    // Once for the cap and once for values that are too long.
    assert_eq!(server.ask("told"), "2");
}
