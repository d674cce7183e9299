//! The scanner, and what it was answered.

use crate::connection::Connection;
use crate::request::{METHODS, Request, Target};
use fastrand::Rng;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::thread;

const THREADS: u64 = 4;

/// Requests that are sent before the first answer is read. Both ways, they fit what
/// the system buffers.
const BATCH: u64 = 16;

/// Requests by method, endpoint and status.
pub(crate) type Series = BTreeMap<(String, String, u16), u64>;

/// What the scanner was answered.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    recorded: Series,
    /// Requests of the toolkit's own paths.
    own: u64,
    /// Calls of the handler whose label is the scanner's.
    pub(crate) lookups: u64,
    /// Junk.
    pub(crate) refused: u64,
    pub(crate) methods: HashSet<String>,
}

impl Tally {
    fn answered_with(&mut self, request: Request, status: u16) {
        let Request { method, target, .. } = request;
        let endpoint = match target {
            Target::Front => "/",
            Target::User => "/users/{id}",
            Target::Unmatched => "<unmatched>",
            Target::Own => {
                self.own += 1;
                return;
            }
        };
        if target == Target::User && status == 200 {
            self.lookups += 1;
        }
        let known = METHODS.contains(&&*method);
        let known = known && target != Target::Unmatched;
        let label = if known { &method } else { "OTHER" };
        let labels = (label.to_owned(), endpoint.to_owned(), status);
        *self.recorded.entry(labels).or_default() += 1;
        self.methods.insert(method);
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (labels, count) in other.recorded {
            *self.recorded.entry(labels).or_default() += count;
        }
        self.own += other.own;
        self.lookups += other.lookups;
        self.refused += other.refused;
        self.methods.extend(other.methods);
    }

    /// What `http_requests_total` should have.
    pub(crate) fn series(&self) -> Series {
        self.recorded.clone()
    }

    pub(crate) fn answered(&self) -> u64 {
        self.own + self.recorded.values().sum::<u64>()
    }
}

/// One scanner, with a connection.
pub(crate) struct Scan {
    address: SocketAddr,
    connection: Option<Connection>,
    dice: Rng,
}

impl Scan {
    pub(crate) fn new(address: SocketAddr, seed: u64) -> Self {
        Self {
            address,
            connection: None,
            dice: Rng::with_seed(seed),
        }
    }

    /// Sends so many requests, whose numbers begin with `first`.
    fn run(&mut self, first: u64, requests: u64, tally: &mut Tally) {
        let mut number = first;
        let end = first + requests;
        while number < end {
            let mut batch = Vec::new();
            while number < end && (batch.len() as u64) < BATCH {
                let request = Request::random(&mut self.dice, number);
                number += 1;
                let is_last = request.is_last;
                batch.push(request);
                if is_last {
                    break;
                }
            }
            self.send_all(batch, tally);
        }
    }

    /// Sends the requests of a batch at once, and reads their answers.
    pub(crate) fn send_all(&mut self, batch: Vec<Request>, tally: &mut Tally) {
        let address = self.address;
        let connection = self
            .connection
            .get_or_insert_with(|| Connection::open(address));
        let bytes: Vec<u8> = batch
            .iter()
            .flat_map(|request| &request.bytes)
            .copied()
            .collect();
        let sent = connection.write(&bytes);
        let mut is_last = false;
        for request in batch {
            is_last = request.is_last;
            let answer = connection.read(request.method != "HEAD");
            if request.is_junk {
                // It may have been told why, or not.
                assert!(!matches!(answer, Ok(..400 | 500..)), "{answer:?}");
                tally.refused += 1;
                continue;
            }
            let status = answer.unwrap_or_else(|error| {
                let text = String::from_utf8_lossy(&request.bytes);
                panic!("no answer, sent {sent:?}: {error}: {text}")
            });
            tally.answered_with(request, status);
        }
        if is_last {
            self.connection = None;
        }
    }
}

/// Sends so many requests from several threads.
pub(crate) fn scan(address: SocketAddr, seed: u64, requests: u64) -> Tally {
    let share = requests / THREADS;
    let threads = (0..THREADS).map(|nth| {
        thread::spawn(move || {
            let mut tally = Tally::default();
            let mut scan = Scan::new(address, seed.wrapping_add(nth));
            scan.run(nth * share, share, &mut tally);
            tally
        })
    });
    let threads: Vec<_> = threads.collect();
    let mut tally = Tally::default();
    for thread in threads {
        tally.add(thread.join().expect("the scanner was answered"));
    }
    tally
}
