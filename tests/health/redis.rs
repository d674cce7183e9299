//! A real Redis.

use super::service::Service;
use integration_tests::component::{Component, free_port, fresh_home};
use integration_tests::deadline::poll;
use metrics_runtime::health::ready;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

fn start(port: u16, options: &[&str]) -> Component {
    let home = fresh_home();
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--save", "", "--appendonly", "no", "--dir", "."]);
    command.args(options);
    let component = Component::start(command, home);
    let ready = poll(LONG, || TcpStream::connect(("127.0.0.1", port)).ok());
    assert!(ready.is_some(), "its log:\n{}", component.log());
    component
}

fn service(port: u16) -> Service {
    Service::start(|health| {
        let check = ready::redis("redis", format!("127.0.0.1:{port}"));
        let check = check.interval(Duration::from_millis(20));
        health.add(check).expect("the check is valid");
    })
}

fn becomes(service: &Service, status: &str, message: &str) {
    let is = || {
        let (found, why) = service.check("redis");
        (found == status && why.contains(message)).then_some(())
    };
    let seen = poll(LONG, is);
    assert!(seen.is_some(), "it is {:?}", service.check("redis"));
}

#[test]
fn a_server_is_up_as_long_as_it_runs() {
    let port = free_port();
    let service = service(port);
    becomes(&service, "down", "refused");
    let server = start(port, &[]);
    becomes(&service, "up", "");
    drop(server);
    becomes(&service, "down", "refused");
    let _server = start(port, &["--requirepass", "secret"]);
    becomes(&service, "degraded", "it answers, but wants a password");
}

// Mutation: the socket has no timeout, and the check's thread hangs.
#[test]
fn what_does_not_answer_is_down_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let port = silent.local_addr().expect("it is bound").port();
    let service = Service::start(|health| {
        let check = ready::redis("redis", format!("127.0.0.1:{port}"));
        let short = Duration::from_millis(50);
        let check = check.timeout(short).interval(short);
        health.add(check).expect("the check is valid");
    });
    assert_eq!(service.check("redis").0, "down");
    // A connection for each run, though none is closed on this side.
    silent.set_nonblocking(true).expect("it is a socket");
    let accepted = (0..3).map(|_| poll(LONG, || silent.accept().ok()));
    let accepted: Vec<_> = accepted.collect();
    assert!(accepted.iter().all(Option::is_some), "a run hangs");
}
