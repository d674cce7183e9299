//! How the shop starts and stops.

use std::net::TcpListener;

use integration_tests::component::Component;
use integration_tests::deadline::poll;

use crate::number::check_calls;
use crate::service::{LIMIT, Shop};
use crate::visit::GUIDED;

/// A run that ends in this test by a signal alone.
const ENDLESS: [&str; 2] = ["--seconds", "3600"];

#[test]
fn stops_on_interrupt_and_leaves_its_report() {
    check_stop(Component::interrupt);
}

#[test]
fn stops_on_termination_and_leaves_its_report() {
    check_stop(Component::terminate);
}

// Mutation: `linger_after` a signal is always 0.
#[test]
fn stays_open_for_a_last_scrape_until_a_second_signal() {
    let shop = Shop::open(&GUIDED);
    wait_for_visitors(&shop);
    shop.component.interrupt();
    let report = shop.report();
    assert!(report.requests > 0.0);
    check_calls(&shop, &report);
    shop.close();
}

#[test]
fn names_the_option_when_its_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("a bound socket has an address");
    let mut shop = Shop::launch(address.port(), &ENDLESS);
    let status = shop.component.wait(LIMIT);
    let log = shop.component.log();
    let code = status.and_then(|status| status.code());
    assert_eq!(code, Some(1), "{status:?}; the shop's log:\n{log}");
    assert!(log.contains("--listen"), "{log}");
}

fn wait_for_visitors(shop: &Shop) {
    let busy = poll(LIMIT, || {
        let calls = shop.page().sum("function_calls_total", &[]);
        calls.filter(|calls| *calls > 0.0)
    });
    assert!(busy.is_some(), "no visitor came:\n{}", shop.component.log());
}

fn check_stop(signal: impl Fn(&Component)) {
    let mut shop = Shop::open(&ENDLESS);
    wait_for_visitors(&shop);
    signal(&shop.component);
    let status = shop.component.wait(LIMIT);
    let log = shop.component.log();
    let code = status.and_then(|status| status.code());
    assert_eq!(code, Some(0), "{status:?}; the shop's log:\n{log}");
    assert!(shop.report().requests > 0.0);
}
