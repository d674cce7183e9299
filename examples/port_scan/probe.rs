//! One attempt to connect.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use metrics_runtime::LabelValue;
use tokio::net::TcpStream;
use tokio::time;

/// What a port has answered.
#[derive(Clone, Copy, Debug, Eq, LabelValue, PartialEq)]
pub enum Status {
    /// It takes connections.
    Open,
    /// It refuses them.
    Closed,
    /// It hasn't answered in time: a firewall drops what comes, or who listens has
    /// more connections waiting than it wants to.
    Filtered,
    /// This machine couldn't try.
    Error,
}

/// Connects and hangs up.
///
/// # Errors
///
/// When this machine can't try, for example for want of a free file: not what the
/// port is to blame for.
pub async fn connect(address: SocketAddr, timeout: Duration) -> io::Result<Status> {
    match time::timeout(timeout, TcpStream::connect(address)).await {
        Ok(connected) => judge(address, connected),
        Err(_) => Ok(Status::Filtered),
    }
}

fn judge(address: SocketAddr, connected: io::Result<TcpStream>) -> io::Result<Status> {
    match connected {
        // On loopback, the system may choose for our end the very port that we try,
        // whereupon TCP connects us to ourselves: nobody else listens there.
        Ok(stream) if stream.local_addr().is_ok_and(|own| own == address) => Ok(Status::Closed),
        Ok(_) => Ok(Status::Open),
        Err(error) => match error.kind() {
            ErrorKind::ConnectionRefused => Ok(Status::Closed),
            ErrorKind::TimedOut => Ok(Status::Filtered),
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpSocket;

    use super::*;

    // Mutation: the two ends aren't compared.
    #[tokio::test]
    async fn a_connection_to_oneself_is_no_open_port() {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(any).expect("a port is free");
        let address = socket.local_addr().expect("it is bound");
        let connected = socket.connect(address).await;
        assert!(connected.is_ok(), "{connected:?}");
        let status = judge(address, connected).expect("it could be tried");
        assert_eq!(status, Status::Closed);
    }

    #[test]
    fn errors_of_this_machine_are_told_from_answers() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let judged = |kind: ErrorKind| judge(address, Err(kind.into())).ok();
        assert_eq!(judged(ErrorKind::ConnectionRefused), Some(Status::Closed));
        assert_eq!(judged(ErrorKind::TimedOut), Some(Status::Filtered));
        assert_eq!(judged(ErrorKind::AddrNotAvailable), None);
    }
}
