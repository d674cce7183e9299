//! The seam between the listener and TLS.

use super::ServeError;
use std::any::Any;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A connection as HTTP sees it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// The connection below.
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

/// How connections are secured, as it was configured.
pub(crate) trait Security: Any + fmt::Debug + Send {
    /// Reads and checks what was configured.
    fn load(&self) -> Result<Arc<dyn Handshake>, ServeError>;

    /// Whether clients must prove who they are.
    fn asks_clients(&self) -> bool;
}

/// A handshake under way.
pub(crate) type Shaking = Pin<Box<dyn Future<Output = io::Result<Box<dyn Stream>>> + Send>>;

/// Secures an accepted connection.
pub(crate) trait Handshake: Send + Sync {
    fn shake(&self, stream: TcpStream) -> Shaking;

    /// Whether HTTP is spoken without one.
    fn is_plain(&self) -> bool {
        false
    }
}

/// No security.
pub(super) struct Plain;

impl Handshake for Plain {
    fn shake(&self, stream: TcpStream) -> Shaking {
        Box::pin(async move { Ok(Box::new(stream) as Box<dyn Stream>) })
    }

    fn is_plain(&self) -> bool {
        true
    }
}
