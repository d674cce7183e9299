//! The listener as clients see it. Clients are blocking, since the listener has
//! a thread of its own; what has to happen within a limit is given far longer.

mod answer;
mod limit;
mod request;
mod shutdown;
mod turn;

use super::{Listener, Server};
use crate::{Metrics, Registry};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

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
