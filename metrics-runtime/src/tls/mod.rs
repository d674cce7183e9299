//! TLS for the listener: a certificate from files, and client certificates on
//! demand.

mod error;
mod files;
mod handshake;
#[cfg(test)]
mod tests;

pub use error::TlsError;
