//! Why the page can't be served.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

/// Why the page can't be served.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// What was given as an address names none.
    #[error(
        "the address to listen on can't be resolved; give an IP address and a port, such as \
         `127.0.0.1:9464`"
    )]
    Address(#[source] io::Error),
    /// A range of ports is reversed or begins at zero.
    #[error(
        "the range of ports {}-{} is empty or begins at zero; give it as first..=last, above zero",
        .range.start(), .range.end()
    )]
    PortRange {
        /// The range in question.
        range: RangeInclusive<u16>,
    },
    /// The address can't be listened on.
    #[error("can't listen on {address}; is another process listening there?")]
    Bind {
        /// The address in question.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// All ports of the range are taken.
    #[error(
        "all ports of {}-{} on {ip} are taken; widen the range or stop what listens there",
        .range.start(), .range.end()
    )]
    PortsTaken {
        /// The address in question.
        ip: IpAddr,
        /// The range in question.
        range: RangeInclusive<u16>,
    },
    /// The thread of the listener can't be started.
    #[error("the thread of the listener can't be started")]
    Start(#[source] io::Error),
    /// The files for TLS can't be used.
    #[error(transparent)]
    Tls(Box<dyn std::error::Error + Send + Sync>),
}

/// As text, with its cause: a `main` that returns the error prints this form.
impl fmt::Debug for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}
