//! Scans of loopback that visitors have asked for: long work behind the counter.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics_runtime::Metrics;
use port_scan::{HostError, Plan, PortError, Progress, Report, Status, connect, scan_with};
use thiserror::Error;
use tokio::task::AbortHandle;

/// The most ports of one scan, those of all hosts together.
const MOST_PORTS: u64 = 100_000;

/// So many scans are remembered, the last ones.
const REMEMBERED: usize = 16;

const PATIENCE: Duration = Duration::from_millis(200);

#[derive(Debug, Error)]
pub(crate) enum ScanError {
    #[error(transparent)]
    Hosts(#[from] HostError),
    #[error(transparent)]
    Ports(#[from] PortError),
    #[error("these are more than {MOST_PORTS} ports; scan fewer hosts or ports at a time")]
    TooMany,
    #[error("a scan is under way; wait for its end")]
    Busy,
}

/// The scans, one of which may be under way.
#[derive(Clone)]
pub(crate) struct Scans {
    metrics: Metrics,
    last: Arc<Mutex<VecDeque<Scan>>>,
}

struct Scan {
    id: u64,
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Scans {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        Self {
            metrics: *metrics,
            last: Arc::default(),
        }
    }

    /// Starts a scan in the background and returns its id.
    pub(crate) fn start(&self, hosts: &str, ports: &str) -> Result<u64, ScanError> {
        self.start_with(hosts, ports, |address| connect(address, PATIENCE))
    }

    fn start_with<P, F>(&self, hosts: &str, ports: &str, probe: P) -> Result<u64, ScanError>
    where
        P: Fn(SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = io::Result<Status>> + Send + 'static,
    {
        let plan = Plan::new(hosts.parse()?, ports.parse()?);
        if plan.total() > MOST_PORTS {
            return Err(ScanError::TooMany);
        }
        let mut last = self.last();
        if last.back().is_some_and(|scan| !scan.task.is_finished()) {
            return Err(ScanError::Busy);
        }
        let id = last.back().map_or(1, |scan| scan.id + 1);
        let progress = Arc::new(Progress::new(&plan));
        let shared = Arc::clone(&progress);
        // Its end, a panic too, is in `task_runs_total`.
        let task = self.metrics.spawn("port_scan", async move {
            scan_with(&plan, &shared, probe).await;
        });
        last.push_back(Scan {
            id,
            progress,
            task: task.abort_handle(),
        });
        if last.len() > REMEMBERED {
            last.pop_front();
        }
        Ok(id)
    }

    /// Whether the scan is under way, and what it has found; `None` if there was none
    /// of this id, or so long ago that it is forgotten.
    pub(crate) fn find(&self, id: u64) -> Option<(bool, Report)> {
        let last = self.last();
        let scan = last.iter().find(|scan| scan.id == id)?;
        // First, so that the report of one that has ended is whole.
        let is_running = !scan.task.is_finished();
        let progress = Arc::clone(&scan.progress);
        drop(last);
        Some((is_running, progress.report()))
    }

    fn last(&self) -> MutexGuard<'_, VecDeque<Scan>> {
        // The list is never left half done.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn scans() -> Scans {
        let metrics = Metrics::builder().build();
        Scans::new(&metrics.expect("no two families contradict each other"))
    }

    // Mutation: nobody looks whether the last one has finished.
    #[tokio::test]
    async fn lets_one_scan_run_at_a_time() {
        let scans = scans();
        let first = scans.start_with("127.0.0.1", "1", |_| pending());
        assert!(matches!(first, Ok(1)));
        let second = scans.start("127.0.0.1", "1");
        assert!(matches!(second, Err(ScanError::Busy)));
        assert!(scans.find(1).is_some_and(|(is_running, _)| is_running));
        assert!(scans.find(2).is_none());
    }

    #[tokio::test]
    async fn forgets_the_oldest_scans() {
        let scans = scans();
        for id in 1..=REMEMBERED as u64 + 1 {
            let started = scans.start_with("127.0.0.1", "1-2", async |_| Ok(Status::Closed));
            assert!(matches!(started, Ok(found) if found == id));
            while scans.find(id).is_some_and(|(is_running, _)| is_running) {
                tokio::task::yield_now().await;
            }
            let report = scans.find(id).map(|(_, report)| report.closed);
            assert_eq!(report, Some(2));
        }
        assert!(scans.find(1).is_none());
        assert!(scans.find(2).is_some());
    }

    // Mutation: nobody looks at the total.
    #[tokio::test]
    async fn refuses_what_is_too_much_or_elsewhere() {
        let scans = scans();
        let refused = |hosts, ports| scans.start(hosts, ports).err();
        let too_many = refused("127.0.0.0/30", "1-65535");
        assert!(matches!(too_many, Some(ScanError::TooMany)));
        let elsewhere = refused("192.0.2.1", "1");
        assert!(matches!(elsewhere, Some(ScanError::Hosts(_))));
        let no_port = refused("127.0.0.1", "http");
        assert!(matches!(no_port, Some(ScanError::Ports(_))));
    }
}
