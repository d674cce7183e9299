//! The program's options, and what it says of those that are mistyped.

use std::net::TcpListener;
use std::process::Command;

use integration_tests::component::{Component, fresh_home};

use crate::socket::LIMIT;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_port-scan"));
    command.args(arguments);
    let mut scanner = Component::start(command, fresh_home());
    let status = scanner.wait(LIMIT);
    (status.and_then(|status| status.code()), scanner.log())
}

#[test]
fn says_what_is_wrong_and_what_would_be_right() {
    let cases: [(&[&str], &str); 12] = [
        (&[], "<HOSTS>"),
        (
            &["10.0.0.1"],
            "`10.0.0.1` is not on loopback; to scan machines of others can be an attack",
        ),
        (&["127.0.0.0/7"], "`127.0.0.0/7` is not on loopback"),
        (&["localhost"], "`localhost` is no address; give addresses"),
        (
            &["127.0.0.0/8"],
            "these are more than 65536 addresses; scan a `/16` or less",
        ),
        (
            &["127.0.0.1", "--port", "80"],
            "a similar argument exists: '--ports'",
        ),
        (
            &["127.0.0.1", "--ports", "80-"],
            "`80-` is neither a port nor a range",
        ),
        (&["127.0.0.1", "--ports", "90-80"], "write `80-90`"),
        (
            &["127.0.0.1", "--concurrency", "0"],
            "give a number from 1 to 4096",
        ),
        (&["127.0.0.1", "--timeout", "200"], "as in `200ms` or `2s`"),
        (&["127.0.0.1", "--linger", "5"], "--listen <ADDR>"),
        (
            &["127.0.0.1", "--listen", "here"],
            "invalid value 'here' for '--listen <ADDR>'",
        ),
    ];
    for (arguments, expected) in cases {
        let (code, log) = run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {log}");
        assert!(log.contains(expected), "{arguments:?}: {log}");
    }
}

#[test]
fn names_the_option_when_its_address_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let (code, log) = run(&["127.0.0.1", "--ports", "1", "--listen", &address]);
    assert_eq!(code, Some(1), "{log}");
    assert!(
        log.contains("`--listen`") && log.contains(&address),
        "{log}"
    );
}

#[test]
fn takes_every_option_of_the_readme() {
    let readme = include_str!("../../README.md");
    let line = readme
        .lines()
        .find_map(|line| line.strip_prefix("cargo run --release --bin port-scan -- "));
    let arguments: Vec<_> = line.expect("the README has the line").split(' ').collect();
    let (code, log) = run(&arguments);
    assert_eq!(code, Some(0), "{log}");
    // Of sixteen hosts, 1024 ports and one more.
    assert!(
        log.contains("probed    16400 of 16400\nhosts     16\n"),
        "{log}"
    );
}
