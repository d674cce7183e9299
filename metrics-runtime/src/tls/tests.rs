//! TLS as clients see it.

use super::handshake::Tls;
use crate::http::listening::{Door, door};
use crate::{Listener, Metrics, Registry, ServeError, Server};
use http::uri::Scheme;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A certificate and its key, as PEM.
struct Pair {
    certificate: String,
    key: String,
}

/// An authority and files of what it issued.
struct Files {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Files {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no name is wrong");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("there is randomness");
        Self {
            folder: TempDir::new().expect("there is room"),
            authority: CertifiedIssuer::self_signed(params, key).expect("it can be signed"),
        }
    }

    fn issue(&self, name: &str) -> Pair {
        let params = CertificateParams::new([name.to_owned()]).expect("the name is valid");
        let key = KeyPair::generate().expect("there is randomness");
        let certificate = params.signed_by(&key, &self.authority);
        Pair {
            certificate: certificate.expect("it can be signed").pem(),
            key: key.serialize_pem(),
        }
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("there is room");
        path
    }

    /// A listener with a certificate of the authority.
    fn listener(&self) -> Listener {
        let pair = self.issue("localhost");
        let certificate = self.write("server.pem", &pair.certificate);
        listener().tls(certificate, self.write("server.key", &pair.key))
    }

    /// Asks for the page.
    fn ask(&self, server: &Server, client: Option<&Pair>) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        let authority = self.authority.der().clone();
        roots.add(authority).expect("it is an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers")
            .with_root_certificates(roots);
        let config = match client {
            Some(pair) => {
                let certificate = CertificateDer::from_pem_slice(pair.certificate.as_bytes());
                let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes());
                let chain = vec![certificate.expect("it is PEM")];
                let config = config.with_client_auth_cert(chain, key.expect("it is PEM"));
                config.expect("the pair matches")
            }
            None => config.with_no_client_auth(),
        };
        let name = "localhost".try_into().expect("the name is valid");
        let client = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let stream = TcpStream::connect(server.local_addr())?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut stream = StreamOwned::new(client, stream);
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

fn listener() -> Listener {
    let metrics = Metrics::builder().build().expect("the tests' sites agree");
    metrics.listener().address("127.0.0.1:0")
}

#[test]
fn answers_over_tls_and_only_over_tls() {
    let files = Files::new();
    let server = files.listener().start().expect("the files are good");
    let answer = files.ask(&server, None).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");

    let mut plain = TcpStream::connect(server.local_addr()).expect("it listens");
    let limit = Some(Duration::from_secs(30));
    plain.set_read_timeout(limit).expect("it isn't zero");
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    plain.write_all(request).expect("it is read");
    let mut answer = Vec::new();
    // A reset is a refusal too.
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
    server.shutdown();
}

// Mutation: a listener says that it speaks `http`, whatever its security.
#[test]
fn scrape_configurations_are_told_of_tls() {
    let files = Files::new();
    let pair = files.issue("localhost");
    let certificate = files.write("server.pem", &pair.certificate);
    let key = files.write("server.key", &pair.key);
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    let listener = metrics.expect("the registry is new").listener();
    let server = listener
        .address("127.0.0.1:0")
        .tls(certificate, key)
        .start();
    let server = server.expect("the files are good");
    let expected = Door {
        port: server.local_addr().port(),
        scheme: Scheme::HTTPS,
    };
    assert_eq!(door(registry), Some(expected));
    server.shutdown();
    assert_eq!(door(registry), None);
}

#[test]
fn clients_need_a_certificate_of_the_authority() {
    let files = Files::new();
    let authority = files.write("clients.pem", &files.authority.pem());
    let server = files.listener().client_ca(authority).start();
    let server = server.expect("the files are good");
    let client = files.issue("prometheus");
    let answer = files.ask(&server, Some(&client)).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    // Mutation: a certificate that is optional.
    assert!(files.ask(&server, None).is_err());
    let stranger = Files::new().issue("prometheus");
    assert!(files.ask(&server, Some(&stranger)).is_err());
    server.shutdown();
}

#[test]
fn a_handshake_that_stalls_is_cut_off() {
    let files = Files::new();
    let listener = files.listener().header_timeout(Duration::from_millis(300));
    let server = listener.start().expect("the files are good");
    let mut stalled = TcpStream::connect(server.local_addr()).expect("it listens");
    let limit = Some(Duration::from_secs(30));
    stalled.set_read_timeout(limit).expect("it isn't zero");
    // The beginning of a record. Mutation: a handshake without a limit.
    stalled.write_all(&[22, 3, 1]).expect("it is read");
    let closed = match stalled.read(&mut [0; 64]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    };
    assert!(closed);
    server.shutdown();
}

/// The error of a listener, with its cause.
fn refusal(listener: Listener) -> String {
    let error = listener.start().expect_err("the files are bad");
    assert!(matches!(error, ServeError::Tls(_)), "{error}");
    format!("{error:?}")
}

#[test]
fn bad_files_are_named_with_the_remedy() {
    let files = Files::new();
    let [one, other] = [files.issue("localhost"), files.issue("localhost")];
    let certificate = files.write("one.pem", &one.certificate);
    let key = files.write("one.key", &one.key);
    let missing = files.folder.path().join("missing.pem");

    let error = refusal(listener().tls(&missing, &key));
    let says = "the certificate can't be read from `";
    assert!(
        error.contains(says) && error.contains("missing.pem"),
        "{error}"
    );

    let error = refusal(listener().tls(&certificate, &missing));
    let says = "the private key can't be read from `";
    assert!(
        error.contains(says) && error.contains("missing.pem"),
        "{error}"
    );

    let error = refusal(listener().tls(&key, &key));
    assert!(error.contains("one.key` has no certificate"), "{error}");

    let other = files.write("other.key", &other.key);
    let error = refusal(listener().tls(&certificate, other));
    assert!(
        error.contains("other.key` can't be used together"),
        "{error}"
    );

    let listener_of_pair = || listener().tls(&certificate, &key);
    let error = refusal(listener_of_pair().client_ca(&missing));
    assert!(
        error.contains("the client authority can't be read"),
        "{error}"
    );
    let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let bad = files.write("bad.pem", bad);
    let error = refusal(listener_of_pair().client_ca(bad));
    assert!(error.contains("bad.pem` can't be used"), "{error}");

    let error = refusal(listener().client_ca(&certificate));
    assert!(error.contains("call `tls` with a certificate"), "{error}");
}

#[test]
fn the_key_is_not_shown() {
    let files = Files::new();
    let pair = files.issue("localhost");
    let certificate = files.write("a.pem", &pair.certificate);
    let listener = listener().tls(certificate, files.write("a.key", &pair.key));
    let shown = format!("{listener:?}");
    let secret = pair.key.lines().nth(1).expect("it has lines");
    // Mutation: the key read and kept before the start.
    assert!(!shown.contains(secret));
}

/// A listener whose files are looked at for each client.
fn attentive(mut listener: Listener) -> Listener {
    listener.files().recheck = Duration::ZERO;
    listener
}

#[test]
fn a_renewed_certificate_is_shown() {
    let [files, renewed] = [Files::new(), Files::new()];
    let server = attentive(files.listener()).start();
    let server = server.expect("the files are good");
    assert!(files.ask(&server, None).is_ok());
    assert!(renewed.ask(&server, None).is_err());
    let pair = renewed.issue("localhost");
    files.write("server.pem", &pair.certificate);
    // The pair doesn't match yet. Mutation: no certificate instead of the old one.
    assert!(files.ask(&server, None).is_ok());
    files.write("server.key", &pair.key);
    // Mutation: the files are read at the start only.
    let end = Instant::now() + Duration::from_secs(30);
    while renewed.ask(&server, None).is_err() {
        assert!(Instant::now() < end, "the old one is shown still");
    }
    assert!(files.ask(&server, None).is_err());
    server.shutdown();
}

#[test]
fn a_renewed_certificate_that_is_broken_is_told_once_for_each_change() {
    let files = Files::new();
    let mut listener = attentive(files.listener());
    let tls = Tls::new(listener.files().clone()).expect("the files are good");
    let look = |tls: &Tls| tls.acceptor().1.expect("it is time").look();
    assert!(look(&tls).is_none());
    for broken in ["", "garbage"] {
        files.write("server.pem", broken);
        let told = look(&tls).expect("it is told").to_string();
        assert!(told.contains("server.pem` has no certificate"), "{told}");
        // Mutation: what can't be used is looked at as changed again.
        assert!(look(&tls).is_none());
    }
    // Mutation: two look at a time.
    let first = tls.acceptor().1;
    assert!(first.is_some() && tls.acceptor().1.is_none());
    drop(first);
    assert!(tls.acceptor().1.is_some());
    // Mutation: the files are looked at for each client, whatever the pause.
    listener.files().recheck = Duration::from_hours(1);
    let tls = Tls::new(listener.files().clone());
    assert!(tls.is_err(), "the start needs good files");
    let pair = files.issue("localhost");
    files.write("server.pem", &pair.certificate);
    files.write("server.key", &pair.key);
    let tls = Tls::new(listener.files().clone()).expect("the files are good");
    files.write("server.pem", "");
    assert!(tls.acceptor().1.is_none());
}

#[cfg(unix)]
#[test]
fn files_that_can_not_be_read_keep_nobody_waiting() {
    let files = Files::new();
    let server = attentive(files.listener()).start();
    let server = server.expect("the files are good");
    // Reading a pipe waits until somebody writes into it.
    let pipe = files.folder.path().join("server.pem");
    fs::remove_file(&pipe).expect("it is there");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("the system has it").success());
    // Mutation: the files are read before the handshake, or under the lock.
    for _ in 0..2 {
        let answer = files.ask(&server, None).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    server.shutdown();
}
