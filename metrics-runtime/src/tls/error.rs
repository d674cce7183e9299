//! Why the files can't be used.

use std::error::Error;
use std::path::PathBuf;

/// Why TLS can't be set up from the files that were given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file is missing, can't be read, or isn't PEM.
    #[error(
        "the {role} can't be read from `{}`; give a PEM file that this process may read",
        .path.display()
    )]
    Read {
        /// What the file is for.
        role: &'static str,
        /// The file.
        path: PathBuf,
        /// What was wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A file has no certificate.
    #[error(
        "`{}` has no certificate, which the {role} takes; give a PEM file with \
         `BEGIN CERTIFICATE`",
        .path.display()
    )]
    NoCertificate {
        /// What the file is for.
        role: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The certificate and the key can't be used together.
    #[error(
        "the certificate of `{}` and the private key of `{}` can't be used together; give the key \
         that the first certificate of the file was issued for",
        .certificate.display(), .key.display()
    )]
    Pair {
        /// The file of the certificate chain.
        certificate: PathBuf,
        /// The file of the private key.
        key: PathBuf,
        /// What was wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The authority of client certificates can't be used.
    #[error(
        "the client authority of `{}` can't be used; give the certificate that issued the clients'",
        .path.display()
    )]
    ClientCa {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Client certificates are asked for, and the listener has none itself.
    #[error(
        "client certificates of `{}` are asked for without TLS; call `tls` with a certificate and \
         a key too",
        .path.display()
    )]
    NoServerCertificate {
        /// The file of the client authority.
        path: PathBuf,
    },
}
