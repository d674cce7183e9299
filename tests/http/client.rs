//! A client that goes away whenever it likes, and says when it did.

use crate::service::{Begun, FIRST, Service};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// What should be on the page, by its labels.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: BTreeMap<String, u64>,
    pub(crate) aborted: BTreeMap<String, u64>,
}

impl Tally {
    fn request(&mut self, endpoint: &str, status: u16) {
        let method = match endpoint {
            "<unmatched>" => "OTHER",
            _ => "GET",
        };
        let labels = format!(r#"{{method="{method}",endpoint="{endpoint}",status="{status}"}}"#);
        *self.requests.entry(labels).or_default() += 1;
    }

    fn aborted(&mut self, endpoint: &str, phase: &str) {
        let labels = format!(r#"{{endpoint="{endpoint}",phase="{phase}"}}"#);
        *self.aborted.entry(labels).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (all, other) in [
            (&mut self.requests, &other.requests),
            (&mut self.aborted, &other.aborted),
        ] {
            for (labels, count) in other {
                *all.entry(labels.clone()).or_default() += count;
            }
        }
    }
}

pub(crate) struct Client {
    address: SocketAddr,
    begun: Arc<Begun>,
    dice: Rng,
    tally: Tally,
}

impl Client {
    pub(crate) fn new(service: &Service, seed: u64) -> Self {
        Self {
            address: service.address,
            begun: Arc::clone(&service.begun),
            dice: Rng::with_seed(seed),
            tally: Tally::default(),
        }
    }

    fn send(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the service listens");
        let timeout = Some(Duration::from_secs(30));
        stream.set_read_timeout(timeout).expect("it isn't zero");
        let request = format!("GET {path} HTTP/1.1\r\nhost: service\r\n\r\n");
        let sent = stream.write_all(request.as_bytes());
        sent.expect("the service reads");
        stream
    }

    /// Reads until this has come.
    fn read(stream: &mut TcpStream, until: &str) -> String {
        let mut text = String::new();
        let mut buffer = [0; 1024];
        while !text.contains(until) {
            let read = stream.read(&mut buffer).expect("the service answers");
            assert!(read > 0, "the service has closed the connection: {text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        text
    }

    /// Gives up so many responses, and reads others in between.
    pub(crate) fn rage(&mut self, aborts: usize) -> Tally {
        for _ in 0..aborts {
            match self.dice.u8(0..3) {
                0 => {
                    let token = self.dice.u64(..);
                    let stream = self.send(&format!("/hang/{token}"));
                    self.begun.wait(token);
                    drop(stream);
                    self.tally.request("/hang/{token}", 499);
                    self.tally.aborted("/hang/{token}", "handler");
                }
                1 => {
                    drop(Self::read(&mut self.send("/late"), "\r\n\r\n"));
                    self.tally.request("/late", 200);
                    self.tally.aborted("/late", "body");
                }
                _ => {
                    drop(Self::read(&mut self.send("/endless"), FIRST));
                    self.tally.request("/endless", 200);
                    self.tally.aborted("/endless", "body");
                }
            }
            let id = self.dice.u64(..);
            let text = Self::read(&mut self.send(&format!("/users/{id}")), &id.to_string());
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            self.tally.request("/users/{id}", 200);
            let text = Self::read(&mut self.send("/nothing"), "\r\n\r\n");
            assert!(text.starts_with("HTTP/1.1 404"), "{text}");
            self.tally.request("<unmatched>", 404);
        }
        std::mem::take(&mut self.tally)
    }
}
