//! Which files, and what is in them.

use super::TlsError;
use super::handshake::Tls;
use crate::listener::security::{Handshake, Security};
use crate::listener::{Listener, ServeError};
use std::any::Any;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// How often files are looked at again, at most.
const RECHECK: Duration = Duration::from_secs(10);

/// The files that were named; keys are read at the start and not kept here.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pair: Option<(PathBuf, PathBuf)>,
    client_ca: Option<PathBuf>,
    pub(super) recheck: Duration,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            pair: None,
            client_ca: None,
            recheck: RECHECK,
        }
    }
}

impl Listener {
    /// Speaks TLS (1.2 and 1.3) alone, with a certificate chain, the server's
    /// first, and its private key, both as PEM files.
    ///
    /// Files that change are read again, on another thread, when a client connects, at
    /// most every ten seconds: clients after it see a renewed certificate, without a
    /// restart. While the new ones can't be
    /// used, those before stay in force, and a
    /// [`Diagnostic::Certificate`](crate::Diagnostic::Certificate) says so.
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.files().pair = Some((certificate.into(), key.into()));
        self
    }

    /// Answers only clients that show a certificate which this authority, a PEM
    /// file of one or more certificates, has issued. Needs
    /// [`tls`](Self::tls).
    pub fn client_ca(mut self, authority: impl Into<PathBuf>) -> Self {
        self.files().client_ca = Some(authority.into());
        self
    }

    pub(super) fn files(&mut self) -> &mut Files {
        let security = self
            .security
            .get_or_insert_with(|| Box::new(Files::default()));
        let security: &mut dyn Any = security.as_mut();
        security
            .downcast_mut()
            .expect("nothing else secures a listener")
    }
}

impl Security for Files {
    fn load(&self) -> Result<Arc<dyn Handshake>, ServeError> {
        let tls = Tls::new(self.clone()).map_err(|error| ServeError::Tls(error.into()))?;
        Ok(Arc::new(tls))
    }

    fn asks_clients(&self) -> bool {
        self.client_ca.is_some()
    }
}

impl Files {
    /// A number that changes with what is in the files, or whether they are there.
    /// Times of files don't tell changes that follow each other closely.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let pair = self.pair.iter().flat_map(|(chain, key)| [chain, key]);
        for path in pair.chain(&self.client_ca) {
            fs::read(path).ok().hash(&mut hasher);
        }
        hasher.finish()
    }

    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        Ok(TlsAcceptor::from(Arc::new(self.config()?)))
    }

    fn config(&self) -> Result<ServerConfig, TlsError> {
        let (certificate, key) = match (&self.pair, &self.client_ca) {
            (Some(pair), _) => pair,
            (None, path) => {
                let path = path.clone().unwrap_or_default();
                return Err(TlsError::NoServerCertificate { path });
            }
        };
        let chain = certificates("certificate", certificate)?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Read {
            role: "private key",
            path: key.clone(),
            source: source.into(),
        })?;
        let pair = |source: tokio_rustls::rustls::Error| TlsError::Pair {
            certificate: certificate.clone(),
            key: key.clone(),
            source: source.into(),
        };
        // Named, since an application may have installed another.
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(pair)?;
        let config = match &self.client_ca {
            Some(path) => config.with_client_cert_verifier(verifier(path)?),
            None => config.with_no_client_auth(),
        };
        let mut config = config.with_single_cert(chain, private).map_err(pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// Asks clients for a certificate of the authority in `path`.
fn verifier(path: &Path) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| TlsError::ClientCa {
        path: path.to_owned(),
        source,
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates("client authority", path)? {
        roots
            .add(certificate)
            .map_err(|error| refused(error.into()))?;
    }
    let provider = Arc::new(default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    verifier.build().map_err(|error| refused(error.into()))
}

/// The certificates of a PEM file, of which there is one at least.
fn certificates(role: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|source| TlsError::Read {
        role,
        path: path.to_owned(),
        source: source.into(),
    })?;
    if read.is_empty() {
        let path = path.to_owned();
        return Err(TlsError::NoCertificate { role, path });
    }
    Ok(read)
}
