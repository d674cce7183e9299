//! The handshake.

use crate::listener::security::{Handshake, Shaking, Stream};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Speaks TLS.
pub(super) struct Tls(TlsAcceptor);

impl Tls {
    pub(super) const fn new(acceptor: TlsAcceptor) -> Self {
        Self(acceptor)
    }
}

impl Handshake for Tls {
    fn shake(&self, stream: TcpStream) -> Shaking {
        let accepting = self.0.accept(stream);
        Box::pin(async move { Ok(Box::new(accepting.await?) as Box<dyn Stream>) })
    }
}
