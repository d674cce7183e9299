//! How the shop starts and stops.

use std::net::TcpListener;

use integration_tests::component::Component;
use integration_tests::deadline::poll;

use crate::service::{LIMIT, Shop};

/// A run that ends in this test by a signal alone.
const ENDLESS: [&str; 4] = ["--seconds", "3600", "--linger", "3600"];

#[test]
fn stops_on_interrupt_and_leaves_its_report() {
    check_stop(Component::interrupt);
}

#[test]
fn stops_on_termination_and_leaves_its_report() {
    check_stop(Component::terminate);
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

fn check_stop(signal: impl Fn(&Component)) {
    let mut shop = Shop::open(&ENDLESS);
    let busy = poll(LIMIT, || {
        let calls = shop.page().sum("function_calls_total", &[]);
        calls.filter(|calls| *calls > 0.0)
    });
    assert!(busy.is_some(), "no visitor came:\n{}", shop.component.log());

    signal(&shop.component);
    let status = shop.component.wait(LIMIT);
    let log = shop.component.log();
    let code = status.and_then(|status| status.code());
    assert_eq!(code, Some(0), "{status:?}; the shop's log:\n{log}");
    assert!(shop.report().requests > 0.0);
}
