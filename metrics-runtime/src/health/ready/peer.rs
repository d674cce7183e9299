//! A short exchange with a server, that keeps to a time.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// A connection that keeps to a time, which each of its calls is given what is left
/// of.
#[derive(Debug)]
pub(super) struct Peer {
    stream: TcpStream,
    until: Instant,
}

fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

impl Peer {
    /// Connects to the first of the addresses that answers.
    pub(super) fn connect(address: &str, until: Instant) -> io::Result<Self> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        for address in address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(until)?) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self { stream, until });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    pub(super) fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.stream.set_write_timeout(Some(left(self.until)?))?;
            let written = self.stream.write(bytes).map_err(timed_out)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = bytes.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads the first line, without its end. A server that sends no end of it within
    /// `limit` bytes is refused.
    pub(super) fn line(&mut self, limit: usize) -> io::Result<String> {
        let mut read = vec![0; limit];
        let mut filled = 0;
        loop {
            self.stream.set_read_timeout(Some(left(self.until)?))?;
            let rest = read.get_mut(filled..).unwrap_or_default();
            if rest.is_empty() {
                let message = format!("no line ends in its first {limit} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            let count = self.stream.read(rest).map_err(timed_out)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += count;
            let seen = read.get(..filled).unwrap_or_default();
            if let Some(line) = seen.split(|byte| *byte == b'\n').next()
                && line.len() < filled
            {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                return Ok(String::from_utf8_lossy(line).into_owned());
            }
        }
    }
}

/// A socket's timeout is told as if it didn't block.
fn timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}
