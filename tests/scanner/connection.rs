//! A raw connection on which requests are sent in batches.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the service listens");
        let timeout = Some(Duration::from_secs(30));
        stream.set_read_timeout(timeout).expect("it isn't zero");
        stream.set_nodelay(true).expect("it is connected");
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// # Errors
    ///
    /// The server has closed the connection.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads the next answer to its end, and gives its status.
    ///
    /// # Errors
    ///
    /// There is none: the server has closed the connection.
    pub(crate) fn read(&mut self, has_body: bool) -> io::Result<u16> {
        let status = self.line()?;
        let status = status
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
        }
        if has_body {
            let mut body = self.stream.by_ref().take(length);
            io::copy(&mut body, &mut io::sink())?;
        }
        Ok(status)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
