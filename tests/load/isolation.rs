//! The page while collectors hang, panic and fail, all at once.

use crate::client::{self, Answer};
use crate::collector::{self, BAD};
use crate::figure::{Figures, Show as _, percentile};
use crate::server::{Server, Setup};
use crate::{proves, runtime};
use integration_tests::page::Page;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// Whether the page has all but those that are bad, and says who they are.
fn check(answer: &Answer) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-metrics-missing"), Some(&*BAD.join(", ")));
    let page = Page::parse(answer.text()).expect("the page is valid");
    let success = |name| page.value("metrics_collector_success", &[("collector", name)]);
    for name in BAD {
        assert_eq!(success(name), Some(0.0), "{name}");
        assert_eq!(page.value(&format!("{name}_level"), &[]), None, "{name}");
    }
    assert_eq!(success("working"), Some(1.0));
    assert_eq!(page.value("working_level", &[]), Some(1.0));
    assert!(page.sum("service_0_requests_total", &[]).is_some());
}

// Mutation: a collector is waited for as long as it takes.
#[test]
fn the_rest_of_the_page_arrives_while_collectors_hang_panic_and_fail() {
    let setup = Setup {
        fill: |registry| {
            crate::population::fill(registry);
            collector::add(registry);
        },
        command: |command| {
            assert_eq!(command, "release");
            collector::release();
        },
        ..Setup::default()
    };
    let test = "isolation::the_rest_of_the_page_arrives_while_collectors_hang_panic_and_fail";
    let Some(mut server) = Server::start(test, &setup) else {
        return;
    };
    let runtime = runtime();
    let address = server.address();
    let scrape = || {
        let begun = Instant::now();
        let answer = runtime.block_on(async {
            let mut stream = client::connect(Ipv4Addr::LOCALHOST, address).await?;
            client::ask(&mut stream, "").await
        });
        let took = begun.elapsed();
        check(&answer.expect("it is answered"));
        took
    };
    let count = if proves() { 50 } else { 2 };
    let (mut fresh, mut still) = (Vec::new(), Vec::new());
    for _ in 0..count {
        fresh.push(scrape());
        // It hangs from the scrape before.
        still.push(scrape());
        server.command("release");
    }
    if !proves() {
        return;
    }
    let mut figures = Figures::default();
    let limit = Duration::from_millis(600);
    for (what, times) in [("begins to hang", &mut fresh), ("hangs still", &mut still)] {
        figures.note(&format!("scrapes while one {what}"), times.len());
        figures.note("their median", percentile(times, 50).show());
        figures.hold("the longest", percentile(times, 100), limit);
    }
    figures.finish("a hung, a panicking and a failing collector");
}
