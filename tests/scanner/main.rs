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
use integration_tests::page::Page;
use request::Request;
use scan::{Scan, Tally};
use server::Server;
use std::env;
use std::net::SocketAddr;
use std::time::Duration;

/// What the scanner may add: series to each family, and bytes to the process.
const SERIES: usize = 10;
const MEMORY: u64 = 16 << 20;

/// What the scanner adds to the families of HTTP: requests that meet no route, by the
/// ten methods.
const BY_METHOD: [&str; 6] = [
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

// S1, S2, S3. Mutations: `MethodLabel::of` takes all others for `GET`; `Endpoint::with`
// falls back to the path; `DEFAULT_CAP` is twice as high; a further family of the layer
// has the client's method or path.
#[test]
fn a_scanner_makes_few_series_and_takes_little_memory() {
    let Some(mut server) = Server::start("a_scanner_makes_few_series_and_takes_little_memory")
    else {
        return;
    };
    let proves = env::var_os("METRICS_PROVE").is_some();
    let requests = if proves { 1_000_000 } else { 20_000 };
    let seed = number("METRICS_SEED", || fastrand::u64(..));
    println!("METRICS_SEED={seed}");

    // What any client makes: each method of each route, which the program bounds.
    let mut tally = Tally::default();
    let mut first = Scan::new(server.address(), seed);
    first.send_all(Request::expected(), &mut tally);
    let before = page(server.address());
    let resident = server.resident_bytes();

    tally.add(scan::scan(server.address(), seed, requests));
    let expected = tally.series();
    let settled = poll(Duration::from_mins(1), || {
        let page = page(server.address());
        let is_settled = figure::requests(&page) == expected && figure::open(&page) == 0;
        is_settled.then_some(page)
    });
    let after = settled.unwrap_or_else(|| page(server.address()));
    let grown = server.resident_bytes().saturating_sub(resident);
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
    for (family, added) in growth.families() {
        let most = if family == "lookups_total" {
            CAP
        } else {
            SERIES
        };
        assert!(added <= most, "{family}: {growth}");
    }
    let http = growth.families();
    let http: Vec<_> = http
        .filter(|(family, _)| family.starts_with("http_"))
        .collect();
    let added: usize = http.iter().map(|(_, added)| added).sum();
    println!("series added to the families of HTTP: {added}");
    assert_eq!(http, BY_METHOD.map(|family| (family, SERIES)));
    assert_eq!(added, BY_METHOD.len() * SERIES);
    assert!(grown <= MEMORY, "{grown} bytes");
    assert_eq!(figure::open(&after), 0);
    check_open_label(&after, &tally, &mut server);
}

/// What a client may choose freely is held to the cap, and what is over it is still
/// counted, and told once.
fn check_open_label(page: &Page, tally: &Tally, server: &mut Server) {
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
