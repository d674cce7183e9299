//! A client that shows what was sent to it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Shorter than what the checks block for, and longer than any machine is slow.
const LIMIT: Duration = Duration::from_secs(30);

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Sends one request and reads until the connection is closed.
pub(crate) fn send(address: SocketAddr, method: &str, path: &str, header: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    stream
        .set_read_timeout(Some(LIMIT))
        .expect("it is above zero");
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{header}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    read.unwrap_or_else(|error| panic!("{method} {path} isn't answered: {error}"));
    let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
    let status = head.split(' ').nth(1).expect("it has a status");
    Answer {
        status: status.parse().expect("a status is a number"),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

/// Gets a path.
pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, "GET", path, "")
}

/// The status and the body that a path has.
pub(crate) fn told(address: SocketAddr, path: &str) -> (u16, String) {
    let Answer { status, body, .. } = get(address, path);
    (status, body)
}
