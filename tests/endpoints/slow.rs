//! Readers that don't read.

use crate::service::Service;
use integration_tests::deadline::poll;
use metrics_runtime::Endpoints;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const GENEROUS: Duration = Duration::from_mins(1);

/// Bytes of an answer: more than the buffers of both sockets hold.
const LARGE: usize = 9 << 20;

/// More than answers are made at a time, and more than the outbox has room for.
const READERS: usize = 12;

/// A client that has asked, been answered, and reads nothing of it; `None` if it was told
/// to come back.
fn stall(service: &Service) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(service.address).expect("it listens");
    let limit = Some(GENEROUS);
    stream.set_read_timeout(limit).expect("it isn't zero");
    let request = b"GET /metrics/api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).expect("it is read");
    let mut head = [0; 12];
    let peeked = stream.peek(&mut head).expect("it is answered");
    let is_answered = head[..peeked] == *b"HTTP/1.1 200";
    is_answered.then_some(stream)
}

// S15, F27. Mutations: an answer keeps its place at the desk until it is sent; none is
// taken back from the outbox.
#[test]
fn readers_who_do_not_read_keep_nobody_from_an_answer() {
    let service = Service::start(Endpoints::all());
    let registry = service.metrics.registry();
    let large = registry.counter("large_total", &"h".repeat(LARGE));
    large.expect("the name is free").inc();
    let stalled = [(); READERS].map(|()| {
        let stalled = poll(GENEROUS, || stall(&service));
        stalled.expect("the others don't keep it from its answer")
    });
    for path in ["/status", "/analytics", "/system"] {
        service.json(&format!("/metrics{path}"));
    }
    let answered = poll(GENEROUS, || {
        let answer = service.get("/metrics/api");
        (answer.status == 200).then_some(answer.body.len())
    });
    assert!(answered.expect("it is answered") > LARGE);
    // What waits is bounded: whoever came first has lost the rest of its answer.
    let [mut first, ..] = stalled;
    let mut read = Vec::new();
    // A reset is an end too.
    let _ = first.read_to_end(&mut read);
    assert!(read.len() < LARGE, "{}", read.len());
}
