//! The handshake, with the certificate that is in force.

use super::TlsError;
use super::files::Files;
use crate::Diagnostic;
use crate::diagnostics::report;
use crate::listener::security::{Handshake, Shaking, Stream};
use crate::panic::caught;
use std::error::Error as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Speaks TLS.
pub(super) struct Tls {
    shared: Arc<Shared>,
}

struct Shared {
    files: Files,
    state: Mutex<State>,
}

struct State {
    acceptor: TlsAcceptor,
    /// What was in the files when they were read.
    fingerprint: u64,
    /// When they are looked at again.
    next: Instant,
    /// Somebody looks at them.
    checked: bool,
}

/// A look at the files, of which there is one at a time. It blocks: not on the
/// listener's thread, nor under the lock.
pub(super) struct Check {
    shared: Arc<Shared>,
}

impl Tls {
    pub(super) fn new(files: Files) -> Result<Self, TlsError> {
        // What changes between the two is read again.
        let fingerprint = files.fingerprint();
        let state = State {
            acceptor: files.acceptor()?,
            fingerprint,
            next: Instant::now() + files.recheck,
            checked: false,
        };
        let state = Mutex::new(state);
        let shared = Arc::new(Shared { files, state });
        Ok(Self { shared })
    }

    /// The certificate to show; and a look at the files, if it is time for one.
    pub(super) fn acceptor(&self) -> (TlsAcceptor, Option<Check>) {
        let mut state = self.shared.lock();
        let due = !state.checked && Instant::now() >= state.next;
        state.checked |= due;
        let check = due.then(|| Check {
            shared: Arc::clone(&self.shared),
        });
        (state.acceptor.clone(), check)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Check {
    /// Reads the files if they have changed; why the certificate isn't the one in
    /// them, once.
    pub(super) fn look(&self) -> Option<Diagnostic> {
        let files = &self.shared.files;
        let fingerprint = files.fingerprint();
        if fingerprint == self.shared.lock().fingerprint {
            return None;
        }
        let acceptor = files.acceptor();
        let mut state = self.shared.lock();
        state.fingerprint = fingerprint;
        match acceptor {
            Ok(acceptor) => {
                state.acceptor = acceptor;
                None
            }
            Err(error) => Some(refusal(&error)),
        }
    }
}

impl Drop for Check {
    /// Done, panicked or never begun, the next one is in its time.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.checked = false;
        state.next = Instant::now() + self.shared.files.recheck;
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
        let (acceptor, check) = self.acceptor();
        if let Some(check) = check {
            let look = move || {
                if let Some(diagnostic) = check.look() {
                    report(&diagnostic);
                }
            };
            // It panics where the system has no thread left: the next client tries
            // again.
            drop(caught(|| spawn_blocking(look)));
        }
        let accepting = acceptor.accept(stream);
        Box::pin(async move { Ok(Box::new(accepting.await?) as Box<dyn Stream>) })
    }
}
