//! What is answered, and where.

use super::{
    GET, GET_ONCE, LARGE, ask, connect, listener, listener_of_a_large_page, read_one, start,
};
use crate::Metrics;
use crate::listener::ServeError;
use std::io::Write as _;

#[test]
fn answers_the_page_and_nothing_else() {
    let server = start(listener());
    let address = server.local_addr();
    let page = ask(connect(address), GET_ONCE);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("content-type: text/plain; version=0.0.4"));
    for (request, status) in [
        ("GET /metrics/", "200"),
        ("GET /metrics?x=1", "200"),
        ("HEAD /metrics", "200"),
        ("POST /metrics", "405"),
        ("GET /", "404"),
        ("GET /metricsx", "404"),
    ] {
        let request = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = ask(connect(address), request.as_bytes());
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{request}{answer}");
    }
    server.shutdown();
}

#[tokio::test]
async fn answers_while_the_applications_runtime_is_blocked() {
    let metrics = Metrics::builder().build().expect("the tests' sites agree");
    let server = metrics.serve("127.0.0.1:0").expect("a port is free");
    // Mutation: the listener is a task of the runtime at hand, whose only thread
    // this blocks.
    let page = ask(connect(server.local_addr()), GET_ONCE);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"));
    let error = metrics.serve(server.local_addr()).unwrap_err();
    assert!(matches!(error, ServeError::Bind { .. }), "{error}");
    server.shutdown();
}

#[test]
fn a_dropped_server_goes_on() {
    let server = start(listener());
    let address = server.local_addr();
    let mut kept = connect(address);
    kept.write_all(GET).expect("it is read");
    read_one(&mut kept);
    // Mutation: receivers take the end of the sender for a stop.
    drop(server);
    assert!(ask(connect(address), GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(ask(kept, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_client_that_closed_its_side_is_answered() {
    let server = start(listener_of_a_large_page());
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    let closed = stream.shutdown(std::net::Shutdown::Write);
    closed.expect("it is open");
    // Mutation: hyper's default, which takes the end of input for the end and
    // breaks off what it hasn't sent.
    assert!(ask(stream, b"").len() > LARGE);
    server.shutdown();
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = start(listener());
    let port = server.local_addr().port();
    let error = listener().port_range(port..=port).start().unwrap_err();
    assert!(matches!(error, ServeError::PortsTaken { .. }), "{error}");
    let error = listener().address("nowhere").start().unwrap_err();
    assert!(matches!(error, ServeError::Address(_)), "{error}");
    server.shutdown();
}
