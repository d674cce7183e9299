//! How far a scan is, and what it has found so far.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics_runtime::ClosedLabel;

use crate::metric::{count, family};
use crate::plan::{Plan, Target};
use crate::probe::Status;
use crate::report::Report;

/// So many open ports are remembered; all are counted.
const MOST_REMEMBERED: usize = 10_000;

/// The state of one scan, which others may look at while it runs and which is still
/// there when it was cut short.
#[derive(Debug)]
pub struct Progress {
    total: u64,
    // Relaxed everywhere: numbers for people, which publish nothing. Who reads them
    // after the scan has awaited it.
    statuses: [AtomicU64; Status::VALUES.len()],
    /// Whether a host has answered.
    answered: Vec<AtomicBool>,
    hosts: AtomicU64,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    open: Vec<SocketAddr>,
    first_error: Option<io::Error>,
}

impl Progress {
    /// That of a scan which hasn't begun.
    pub fn new(plan: &Plan) -> Self {
        let hosts = plan.hosts.addresses().iter();
        Self {
            total: plan.total(),
            statuses: [const { AtomicU64::new(0) }; Status::VALUES.len()],
            answered: hosts.map(|_| AtomicBool::new(false)).collect(),
            hosts: AtomicU64::new(0),
            found: Mutex::default(),
        }
    }

    /// The number of ports to scan.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The number of ports that have their result.
    pub fn probed(&self) -> u64 {
        let counts = self.statuses.iter();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// The number of ports with this result.
    pub fn count(&self, status: Status) -> u64 {
        let count = self.statuses.get(status.index());
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// What is known so far.
    pub fn report(&self) -> Report {
        let found = self.found();
        let mut open = found.open.clone();
        let first_error = found.first_error.as_ref().map(ToString::to_string);
        drop(found);
        open.sort_unstable();
        Report {
            total: self.total,
            hosts: self.hosts.load(Ordering::Relaxed),
            open: self.count(Status::Open),
            closed: self.count(Status::Closed),
            filtered: self.count(Status::Filtered),
            errors: self.count(Status::Error),
            found: open,
            first_error,
        }
    }

    /// Says that the scan begins.
    pub(crate) fn begin(&self) {
        self.show();
    }

    /// Records the result of a port, here and in the metrics.
    pub(crate) fn record(&self, target: Target, result: io::Result<Status>) {
        let status = match result {
            Ok(status) => status,
            Err(error) => {
                self.found().first_error.get_or_insert(error);
                Status::Error
            }
        };
        if status == Status::Open {
            let mut found = self.found();
            if found.open.len() < MOST_REMEMBERED {
                found.open.push(target.address);
            }
        }
        if matches!(status, Status::Open | Status::Closed) {
            self.discover(target.host);
        }
        if let Some(count) = self.statuses.get(status.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        count(target.address.port(), status);
        self.show();
    }

    fn discover(&self, host: usize) {
        let answered = self.answered.get(host);
        if answered.is_some_and(|answered| !answered.swap(true, Ordering::Relaxed)) {
            self.hosts.fetch_add(1, Ordering::Relaxed);
            family::hosts_discovered_total().inc();
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "scans have far less than 2^53 ports"
    )]
    fn show(&self) {
        let ratio = self.probed() as f64 / self.total as f64;
        family::port_scan_progress_ratio().set(ratio);
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        // Whatever panicked, a list of ports is whole.
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
