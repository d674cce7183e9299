//! Setting a listener up.

use super::bind::Place;
use super::connection::Shared;
use super::own::Own;
use super::security::{Plain, Security};
use super::slots::Slots;
use super::socket::open_files;
use super::watch::Times;
use super::{ServeError, Server};
use crate::Metrics;
use crate::http::listening::{Door, Listening};
use http::uri::Scheme;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// Connections that are served at a time, if files allow.
const CONNECTIONS: usize = 2048;

/// Connections that can wait, and as many that can be refused, at a time, at least.
const ROOM: usize = 64;

impl Metrics {
    /// Serves the page at `/metrics` of `address`, or at another
    /// [path](crate::MetricsBuilder::path), on a thread of its own.
    ///
    /// It listens when this returns, and goes on until
    /// [`Server::shutdown`] is called or the process ends. It needs no runtime,
    /// so that it can be called from a synchronous `main`, and answers while
    /// the application's runtime is blocked. [`listener`](Self::listener) has
    /// the settings.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::{Read as _, Write as _};
    ///
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let server = metrics.serve("127.0.0.1:0")?;
    ///
    /// let mut client = std::net::TcpStream::connect(server.local_addr())?;
    /// client.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    /// let mut answer = String::new();
    /// client.read_to_string(&mut answer)?;
    /// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    /// server.shutdown();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Security
    ///
    /// Those can read the page who can reach the address and whom
    /// [`MetricsBuilder::access`](crate::MetricsBuilder::access) lets in: by default
    /// this machine and private networks. Tokens can be read on the way unless the
    /// feature `tls` encrypts them; it can ask for client certificates, too. An address
    /// that other machines reach, with none of these, is told as
    /// [`Diagnostic::Unrestricted`](crate::Diagnostic::Unrestricted).
    ///
    /// # Errors
    ///
    /// [`ServeError`] when the address can't be listened on.
    pub fn serve(&self, address: impl ToSocketAddrs) -> Result<Server, ServeError> {
        self.listener().address(address).start()
    }

    /// Starts the set-up of a listener of its own for the page.
    pub const fn listener(&self) -> Listener {
        Listener {
            metrics: *self,
            address: None,
            ports: None,
            connections: CONNECTIONS,
            times: Times {
                header: Duration::from_secs(10),
                idle: Duration::from_mins(1),
                write: Duration::from_secs(10),
                answer: Duration::from_secs(30),
                linger: Duration::from_secs(1),
                refusal: Duration::from_secs(2),
                silence: Duration::from_millis(200),
                shutdown: Duration::from_secs(5),
            },
            security: None,
        }
    }
}

/// Sets a listener up; see [`Metrics::listener`].
///
/// Requests are limited to a head of 16 KiB (else 431) and a body of 64 KiB
/// (else 413), which is thrown away. One peer (an IPv4 address, a /64 of IPv6)
/// has at most half of the connections: further ones of it wait for one of its
/// own to end, within the header time limit, and others are accepted on. Those
/// that are too many to wait, or have waited in vain, are answered with 503 and
/// `Retry-After`, if they ask within two seconds; while many are being refused, a
/// client that has sent nothing for 200 ms is given that answer unasked, so that one
/// peer's silent connections delay the others' little. While connections are scarce,
/// none is kept alive idly.
#[derive(Debug)]
#[must_use = "nothing listens until `start` is called"]
pub struct Listener {
    metrics: Metrics,
    address: Option<io::Result<Vec<SocketAddr>>>,
    ports: Option<RangeInclusive<u16>>,
    connections: usize,
    pub(super) times: Times,
    pub(crate) security: Option<Box<dyn Security>>,
}

impl Listener {
    /// Where to listen. With port 0 the system chooses; see
    /// [`Server::local_addr`]. Default: `METRICS_EXPORT_ADDRESS` and
    /// `METRICS_EXPORT_PORT` or `METRICS_EXPORT_PORT_RANGE`, else
    /// `127.0.0.1:9464`.
    pub fn address(mut self, address: impl ToSocketAddrs) -> Self {
        self.address = Some(address.to_socket_addrs().map(Iterator::collect));
        self
    }

    /// Takes the first free port of these, instead of that of the address.
    pub const fn port_range(mut self, ports: RangeInclusive<u16>) -> Self {
        self.ports = Some(ports);
        self
    }

    /// How many connections are served at a time; others wait in the system's
    /// queue, of up to 4,096 where it isn't set to less. Default: 2,048. It is
    /// never more than a quarter of the files that the process may open: with those
    /// that wait or are refused, which are at most as many, half of the files are left
    /// to the application.
    pub const fn max_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How long a client may take from connecting to the end of its request's
    /// head, TLS and the wait for its turn included; then the connection is
    /// closed. Default: 10 seconds.
    pub const fn header_timeout(mut self, timeout: Duration) -> Self {
        self.times.header = timeout;
        self
    }

    /// How long a connection is kept open between requests. Default: 60
    /// seconds.
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.times.idle = timeout;
        self
    }

    /// How long a client may read nothing of its answer; then the connection is
    /// reset. Default: 10 seconds.
    pub const fn write_timeout(mut self, timeout: Duration) -> Self {
        self.times.write = timeout;
        self
    }

    /// How long a client may take to read one answer, however steadily; then the
    /// connection is reset. Default: 30 seconds, three times what Prometheus waits
    /// for a whole scrape by default.
    ///
    /// An answer holds its page in memory and a connection, so a client that reads
    /// a few bytes now and then would hold both for as long as it likes.
    pub const fn answer_timeout(mut self, timeout: Duration) -> Self {
        self.times.answer = timeout;
        self
    }

    /// Takes the port and starts the thread.
    ///
    /// # Errors
    ///
    /// [`ServeError`] when the address or the files for TLS can't be used.
    pub fn start(self) -> Result<Server, ServeError> {
        let address = self.address.transpose().map_err(ServeError::Address)?;
        let place = Place::decide(address, self.ports, self.metrics.config())?;
        let handshake = match &self.security {
            Some(security) => security.load()?,
            None => Arc::new(Plain),
        };
        let listener = place.bind()?;
        let (cap, room) = sizes(self.connections, open_files());
        let (handler, times) = (self.metrics.handler(), self.times);
        let path = &self.metrics.config().path;
        let slots = Slots::new(cap, room);
        let door = Door {
            port: listener.local_addr().map_err(ServeError::Start)?.port(),
            scheme: if handshake.is_plain() {
                Scheme::HTTP
            } else {
                Scheme::HTTPS
            },
        };
        let listening = Listening::at(self.metrics.registry(), door);
        let own = Own::of(self.metrics.registry());
        let server = Server::start(listener, |stop| Shared {
            handler,
            path,
            slots,
            times,
            handshake,
            own,
            stop,
            _listening: listening,
        })?;
        let asks_clients = self.security.is_some_and(|it| it.asks_clients());
        let address = server.local_addr();
        if !asks_clients && !address.ip().to_canonical().is_loopback() {
            let policy = self.metrics.policy();
            if policy.is_unrestricted() {
                policy.tell_unrestricted(Some(address));
            }
        }
        Ok(server)
    }
}

/// How many connections are served; and how many can wait, which is also how many can
/// be refused. Together, at most half of the open files that there may be.
fn sizes(wanted: usize, files: usize) -> (usize, usize) {
    let cap = wanted.min(files / 4).max(1);
    (cap, ROOM.max(cap / 2).min((files / 8).max(1)))
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn connections_leave_half_of_the_files_to_the_application() {
        assert_eq!(sizes(2048, 1 << 20), (2048, 1024));
        // Mutation: the limit of files ignored, or looked at for the default only.
        assert_eq!(sizes(2048, 1024), (256, 128));
        assert_eq!(sizes(4, usize::MAX), (4, 64));
        // Mutation: those who wait or are refused aren't counted, or only once.
        for files in [8, 64, 256, 1024, 4096, 1 << 16, usize::MAX] {
            for wanted in [0, 1, 80, 2048, usize::MAX] {
                let (cap, room) = sizes(wanted, files);
                assert!(cap + 2 * room <= files / 2, "{wanted} of {files}");
            }
        }
        assert_eq!(sizes(0, 0), (1, 1));
    }
}
