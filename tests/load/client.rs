//! A client of HTTP/1.1 that sees what others hide: resets, and answers that end
//! before they are whole.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Whether the connection is open after it.
    pub(crate) fn is_kept(&self) -> bool {
        self.header("connection") != Some("close")
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("it is text")
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A socket of another address of this machine, so that clients are several
/// peers.
pub(crate) fn socket(from: Ipv4Addr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("there are files");
    socket.bind((from, 0).into()).expect("it is this machine's");
    socket
}

pub(crate) async fn connect(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let stream = socket(from).connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Asks for the page with more headers, each a line with its end.
pub(crate) async fn ask(stream: &mut TcpStream, headers: &str) -> io::Result<Answer> {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    read(stream).await
}

/// Sends this and reads one answer, which may come before all is sent.
pub(crate) async fn send(stream: &mut TcpStream, request: &[u8]) -> io::Result<Answer> {
    for part in request.chunks(16 << 10) {
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    read(stream).await
}

/// Reads one answer. What ends before it is whole is an error, and so is a reset.
async fn read(stream: &mut TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::with_capacity(4_096);
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8(bytes).map_err(io::Error::other)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status in {head}")))?;
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let length: usize = length.ok_or_else(|| io::Error::other(format!("no length in {head}")))?;
    let read = body.len();
    if read > length {
        return Err(io::Error::other("more than the length"));
    }
    body.resize(length, 0);
    stream.read_exact(&mut body[read..]).await?;
    Ok(Answer { status, head, body })
}
