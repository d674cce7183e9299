//! The listener as clients see it. Clients are blocking, since the listener has
//! a thread of its own; what has to happen within a limit is given far longer.

use super::{Listener, ServeError, Server};
use crate::{Metrics, Registry};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const GENEROUS: Duration = Duration::from_secs(30);
const NEVER: Duration = Duration::from_mins(10);
const SHORT: Duration = Duration::from_millis(300);

const GET: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_ONCE: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

fn listener() -> Listener {
    let metrics = Metrics::builder().build().expect("the tests' sites agree");
    metrics.listener().address("127.0.0.1:0")
}

/// More bytes than the buffers of both sockets hold.
const LARGE: usize = 32 << 20;

fn listener_of_a_large_page() -> Listener {
    let registry: &'static Registry = Box::leak(Box::default());
    let counter = registry.counter("large_total", &"h".repeat(LARGE));
    counter.expect("the name is valid").inc();
    let metrics = Metrics::builder().registry(registry).build();
    let metrics = metrics.expect("nothing is wrong");
    metrics.listener().address("127.0.0.1:0")
}

fn start(listener: Listener) -> Server {
    listener.start().expect("a port is free")
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    patient(&stream);
    stream
}

fn patient(stream: &TcpStream) {
    let limit = Some(GENEROUS);
    stream.set_read_timeout(limit).expect("it isn't zero");
    stream.set_write_timeout(limit).expect("it isn't zero");
}

/// Sends a request and reads until the listener closes.
fn ask(mut stream: impl Read + Write, request: &[u8]) -> String {
    stream.write_all(request).expect("it is read");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it is answered");
    String::from_utf8(answer).expect("it is text")
}

/// Reads one answer of a connection that stays open.
fn read_one(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("it is answered");
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).expect("it is text");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .expect("the length is known");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the body follows");
    head
}

/// Whether the listener closes without an answer.
fn is_closed(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 64]) {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

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

/// A connection from another address of this machine.
#[cfg(target_os = "linux")]
async fn connect_from(source: &str, address: SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().expect("there are files");
    let source = format!("{source}:0").parse().expect("it is an address");
    socket.bind(source).expect("it is this machine's");
    let stream = socket.connect(address).await.expect("it listens");
    let stream = stream.into_std().expect("it has been registered");
    stream.set_nonblocking(false).expect("it is a socket");
    patient(&stream);
    stream
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn stalled_clients_neither_stay_nor_keep_others_out() {
    let server = start(listener().max_connections(8).header_timeout(NEVER));
    let address = server.local_addr();
    let _stalled: Vec<_> = (0..200).map(|_| connect(address)).collect();
    // Mutation: no share of a peer, so that the stalled ones have all slots.
    let good = connect_from("127.0.0.2", address).await;
    assert!(ask(good, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    server.shutdown();

    let server = start(listener().max_connections(64).header_timeout(SHORT));
    let address = server.local_addr();
    let stalled: Vec<_> = (0..200).map(|_| connect(address)).collect();
    let good = connect_from("127.0.0.2", address).await;
    assert!(ask(good, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    // Mutation: no limit for a client that never sends a byte.
    for mut stream in stalled {
        assert!(is_closed(&mut stream));
    }
    server.shutdown();
}

#[test]
fn bytes_that_drip_gain_no_time() {
    let server = start(listener().header_timeout(SHORT));
    let mut stream = connect(server.local_addr());
    let drip = Some(Duration::from_millis(20));
    stream.set_read_timeout(drip).expect("it isn't zero");
    let begun = Instant::now();
    // Mutation: each byte starts the limit anew.
    while !is_closed(&mut stream) && stream.write_all(b"G").is_ok() {
        assert!(begun.elapsed() < GENEROUS, "the connection is open still");
    }
    server.shutdown();
}

#[test]
fn the_head_of_a_further_request_is_limited_too() {
    let server = start(listener().header_timeout(SHORT).idle_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    stream.write_all(b"G").expect("it is open");
    // Mutation: the first byte leaves the connection idle.
    assert!(is_closed(&mut stream));
    server.shutdown();
}

#[test]
fn idle_connections_have_a_limit_of_their_own() {
    let server = start(listener().idle_timeout(SHORT).header_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    assert!(is_closed(&mut stream));
    server.shutdown();

    let server = start(listener().header_timeout(SHORT).idle_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    // Mutation: hyper's limit of heads, which counts from the last answer.
    stream.set_read_timeout(Some(SHORT * 3)).expect("not zero");
    assert!(!is_closed(&mut stream));
    patient(&stream);
    stream.write_all(GET).expect("it is open");
    assert!(read_one(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
    server.shutdown();
}

#[test]
fn a_client_that_does_not_read_loses_its_slot() {
    let server = start(
        listener_of_a_large_page()
            .max_connections(2)
            .header_timeout(GENEROUS)
            .idle_timeout(NEVER)
            .write_timeout(SHORT),
    );
    let address = server.local_addr();
    let mut stalled = connect(address);
    stalled.write_all(GET).expect("it is read");
    // Its slot is the one that a peer has of two. Mutation: no limit of writing,
    // so that the next one waits in vain.
    let answer = ask(connect(address), b"GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 404"), "{answer}");
    let mut page = Vec::new();
    let cut = stalled.read_to_end(&mut page);
    assert!(cut.is_err() || page.len() < LARGE);

    // A client that reads slowly, but reads, gets all of it. Mutation: the limit
    // counts from the first pending write.
    let mut slow = connect(address);
    slow.write_all(GET_ONCE).expect("it is read");
    let mut chunk = vec![0; 2 << 20];
    let mut length = 0;
    loop {
        match slow.read(&mut chunk).expect("it isn't cut off") {
            0 => break,
            read => length += read,
        }
        if length < 8 << 20 {
            thread::sleep(SHORT / 6);
        }
    }
    assert!(length > LARGE);
    server.shutdown();
}

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
    // Mutation: closed for reading too, which resets the connection: the first
    // write draws the reset, and one after it fails.
    for _ in 0..50 {
        stream.write_all(&[b'b'; 1024]).expect("it is read");
        thread::sleep(Duration::from_millis(2));
    }
    drop(stream);
    server.shutdown();
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let server = start(listener().header_timeout(SHORT));
    let request = b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    let answer = ask(connect(server.local_addr()), request);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    server.shutdown();
}

#[test]
fn more_clients_than_connections_are_all_answered() {
    let server = start(
        listener()
            .max_connections(4)
            .header_timeout(GENEROUS)
            .idle_timeout(NEVER),
    );
    let address = server.local_addr();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(move || {
                    // Those keep their connection open. Mutation: answers don't
                    // close it while others wait.
                    let mut stream = connect(address);
                    stream.write_all(GET).expect("it is read");
                    (read_one(&mut stream), stream)
                })
            })
            .collect();
        let answers: Vec<_> = clients
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        for answer in &answers {
            let (answer, _) = answer.as_ref().expect("it is answered");
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        }
    });
    server.shutdown();
}

#[test]
fn an_idle_connection_gives_way_to_one_that_waits() {
    let server = start(
        listener()
            .max_connections(4)
            .header_timeout(NEVER)
            .idle_timeout(NEVER),
    );
    let address = server.local_addr();
    let mut idle = connect(address);
    idle.write_all(GET).expect("it is read");
    read_one(&mut idle);
    // With the idle one, all that one peer has of four.
    let _stalled = connect(address);
    // Mutation: idle connections aren't pressed.
    assert!(ask(connect(address), GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(is_closed(&mut idle));
    server.shutdown();
}

#[test]
fn shutdown_closes_what_is_open_and_ends() {
    let mut listener = listener().header_timeout(NEVER).idle_timeout(NEVER);
    listener.times.shutdown = SHORT;
    let server = start(listener);
    let address = server.local_addr();
    let mut idle = connect(address);
    idle.write_all(GET).expect("it is read");
    read_one(&mut idle);
    let mut begun = connect(address);
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\n\r\n";
    begun.write_all(request).expect("it is read");
    begun.read_exact(&mut [0; 25]).expect("it may go on");
    // Mutation: connections are waited for without a bound, which the begun one
    // would make long.
    let before = Instant::now();
    server.shutdown();
    assert!(before.elapsed() < GENEROUS);
    assert!(is_closed(&mut idle));
    assert!(is_closed(&mut begun));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn shutdown_lets_a_request_that_is_under_way_be_answered() {
    let server = start(listener().header_timeout(NEVER));
    let mut begun = connect(server.local_addr());
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\n\r\n";
    begun.write_all(request).expect("it is read");
    begun.read_exact(&mut [0; 25]).expect("it may go on");
    let stopping = thread::spawn(move || server.shutdown());
    // Mutation: connections are cut off at once.
    let answer = ask(begun, b"hello");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stopping.join().expect("it ends");
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
