//! What the standard library doesn't set of a socket.

pub(super) use system::{abort, open_files, prepare};

#[cfg(unix)]
mod system {
    use rustix::net::listen;
    use rustix::net::sockopt::{set_socket_linger, set_socket_send_buffer_size};
    use rustix::process::{Resource, getrlimit};
    use std::net::TcpListener;
    use std::time::Duration;
    use tokio::net::TcpStream;

    /// How many connections the system keeps until they are accepted, if it isn't
    /// set to less (on Linux, `net.core.somaxconn`): with the standard library's 128,
    /// clients that come at once would be left to repeat themselves for seconds.
    const QUEUE: i32 = 4096;

    /// Bytes that the system buffers of an answer. Left to itself, Linux takes
    /// megabytes for each client that doesn't read.
    const SENDING: usize = 256 * 1024;

    /// Sets up a socket that listens; what it accepts inherits the buffers.
    pub(in super::super) fn prepare(listener: &TcpListener) {
        // It works without either, less well.
        let _ = listen(listener, QUEUE);
        let _ = set_socket_send_buffer_size(listener, SENDING);
    }

    /// Has the connection reset when it is closed, so that the system doesn't keep
    /// what the client doesn't read.
    pub(in super::super) fn abort(stream: &TcpStream) {
        let _ = set_socket_linger(stream, Some(Duration::ZERO));
    }

    /// How many files the process may have open.
    pub(in super::super) fn open_files() -> usize {
        let limit = getrlimit(Resource::Nofile).current;
        limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit).unwrap_or(usize::MAX)
        })
    }
}

#[cfg(not(unix))]
mod system {
    use std::net::TcpListener;
    use tokio::net::TcpStream;

    pub(in super::super) const fn prepare(_: &TcpListener) {}

    pub(in super::super) const fn abort(_: &TcpStream) {}

    pub(in super::super) const fn open_files() -> usize {
        usize::MAX
    }
}
