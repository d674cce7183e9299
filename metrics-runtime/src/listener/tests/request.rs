//! Requests that are too long, or have bodies.

use super::{GENEROUS, GET_ONCE, SHORT, ask, connect, is_closed, listener, read_one, start};
use std::io::{Read as _, Write as _};
use std::net::Shutdown;

#[test]
fn long_heads_are_refused() {
    let server = start(listener());
    let many = "x-a: b\r\n".repeat(200);
    let long = format!("x-a: {}\r\n", "b".repeat(20 * 1024));
    for headers in [many, long] {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        let answer = ask(connect(server.local_addr()), request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    server.shutdown();
}

#[test]
fn bodies_are_thrown_away_up_to_a_limit() {
    let server = start(listener().header_timeout(GENEROUS));
    let mut stream = connect(server.local_addr());
    let small = b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    stream.write_all(small).expect("it is read");
    assert!(read_one(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
    // Mutation: the body taken for the next request.
    assert!(ask(stream, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));

    let large = "b".repeat(100 * 1024);
    let length = large.len();
    let announced = format!("Content-Length: {length}\r\n\r\n{large}");
    let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{large}\r\n0\r\n\r\n");
    for body in [announced, chunked] {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{body}");
        let answer = ask(connect(server.local_addr()), request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    server.shutdown();
}

#[test]
fn a_client_that_is_refused_may_send_on() {
    let mut listener = listener();
    listener.times.linger = GENEROUS;
    let server = start(listener);
    let mut stream = connect(server.local_addr());
    let head = b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    stream.write_all(head).expect("it is read");
    assert!(read_one(&mut stream).starts_with("HTTP/1.1 413 "));
    assert!(is_closed(&mut stream));
    // Mutation: closed for reading too, which resets the connection.
    for _ in 0..50 {
        stream.write_all(&[b'b'; 1024]).expect("it is read");
    }
    let end = stream.shutdown(Shutdown::Write);
    end.expect("it is open");
    // The listener has read all of it, or closed, when it has ended.
    server.shutdown();
    assert_eq!(stream.read(&mut [0]).expect("it isn't reset"), 0);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let server = start(listener().header_timeout(SHORT));
    let request = b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    let answer = ask(connect(server.local_addr()), request);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    server.shutdown();
}
