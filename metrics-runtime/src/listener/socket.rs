//! What the standard library doesn't set of a socket.

pub(super) use system::{abort, end, has_bytes, open_files, prepare};

#[cfg(unix)]
mod system {
    use rustix::net::sockopt::{set_socket_linger, set_socket_send_buffer_size};
    use rustix::net::{RecvFlags, Shutdown, listen, recv, shutdown};
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

    /// Whether there is something to read, also what the runtime hasn't noticed yet.
    pub(in super::super) fn has_bytes(stream: &TcpStream) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        recv(stream, &mut [0][..], flags).is_ok_and(|(_, length)| length > 0)
    }

    /// Ends what is sent, and throws away what has come: closed with bytes unread, the
    /// connection would be reset.
    pub(in super::super) fn end(stream: &TcpStream) {
        let _ = shutdown(stream, Shutdown::Write);
        let mut scratch = [0; 4096];
        let _ = recv(stream, &mut scratch[..], RecvFlags::DONTWAIT);
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

    pub(in super::super) const fn end(_: &TcpStream) {}

    pub(in super::super) const fn has_bytes(_: &TcpStream) -> bool {
        false
    }

    pub(in super::super) const fn open_files() -> usize {
        usize::MAX
    }
}
