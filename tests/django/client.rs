//! A client that sends any method.

use crate::reference::Request;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Sends a request on a connection of its own and reads the answer to its end.
pub(crate) fn send(address: SocketAddr, request: &Request) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the application listens");
    let timeout = Some(Duration::from_secs(30));
    stream.set_read_timeout(timeout).expect("it isn't zero");
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: application\r\nConnection: close\r\n",
        request.method, request.path
    );
    for (name, value) in &request.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let body = request.body.as_deref().unwrap_or("");
    if request.body.is_some() {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    let sent = stream.write_all(format!("{head}\r\n{body}").as_bytes());
    sent.expect("the application reads");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    read.expect("the answer is text and comes to its end");
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("the answer has a head: {answer}"));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("the answer has a status: {head}")),
        body: body.to_owned(),
    }
}
