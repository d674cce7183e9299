//! The handshake, with the certificate that is in force.

use super::TlsError;
use super::files::Files;
use crate::Diagnostic;
use crate::diagnostics::report;
use crate::listener::security::{Handshake, Shaking, Stream};
use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Speaks TLS.
pub(super) struct Tls {
    files: Files,
    state: Mutex<State>,
}

struct State {
    acceptor: TlsAcceptor,
    /// What was in the files when they were read.
    fingerprint: u64,
    /// When they are looked at again.
    next: Instant,
}

impl Tls {
    pub(super) fn new(files: Files) -> Result<Self, TlsError> {
        // What changes between the two is read again.
        let fingerprint = files.fingerprint();
        let state = State {
            acceptor: files.acceptor()?,
            fingerprint,
            next: Instant::now() + files.recheck,
        };
        let state = Mutex::new(state);
        Ok(Self { files, state })
    }

    /// The certificate to show; and why it isn't the one in the files, once.
    pub(super) fn acceptor(&self) -> (TlsAcceptor, Option<Diagnostic>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut diagnostic = None;
        let now = Instant::now();
        if now >= state.next {
            state.next = now + self.files.recheck;
            let fingerprint = self.files.fingerprint();
            if fingerprint != state.fingerprint {
                state.fingerprint = fingerprint;
                match self.files.acceptor() {
                    Ok(acceptor) => state.acceptor = acceptor,
                    Err(error) => diagnostic = Some(refusal(&error)),
                }
            }
        }
        (state.acceptor.clone(), diagnostic)
    }
}

fn refusal(error: &TlsError) -> Diagnostic {
    let reason = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    Diagnostic::Certificate { reason }
}

impl Stream for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl Handshake for Tls {
    fn shake(&self, stream: TcpStream) -> Shaking {
        let (acceptor, diagnostic) = self.acceptor();
        if let Some(diagnostic) = diagnostic {
            report(&diagnostic);
        }
        let accepting = acceptor.accept(stream);
        Box::pin(async move { Ok(Box::new(accepting.await?) as Box<dyn Stream>) })
    }
}
