//! The scan itself, as the functions that are measured.

use std::io;
use std::net::SocketAddr;

use futures_util::{StreamExt, stream};
use metrics_runtime::{in_progress, timed};
use tokio::task;

use crate::plan::Plan;
use crate::probe::{Status, connect};
use crate::progress::Progress;

/// Scans by [connecting](connect).
///
/// # Cancellation
///
/// Dropping the future closes its connections. What has a result by then is recorded
/// and in `progress`; the ports that were being tried are not.
pub async fn scan(plan: &Plan, progress: &Progress) {
    scan_with(plan, progress, |address| connect(address, plan.timeout)).await;
}

/// Scans by any probe, whose error is the result [`Status::Error`].
///
/// # Cancellation
///
/// As for [`scan`].
#[timed(
    name = "port_scan_duration_seconds",
    help = "Duration of whole scans in seconds.",
    // From 10 ms to 3 minutes.
    buckets = exponential(0.01, 4.0, 8)
)]
#[in_progress(name = "port_scans_in_progress", help = "Scans that run.")]
pub async fn scan_with<P, F>(plan: &Plan, progress: &Progress, probe: P)
where
    P: Fn(SocketAddr) -> F,
    F: Future<Output = io::Result<Status>>,
{
    progress.begin();
    let probes = plan.targets().map(|target| {
        let probe = probe(target.address);
        async move { (target, probe.await) }
    });
    let mut results = stream::iter(probes).buffer_unordered(plan.concurrency);
    while let Some((target, result)) = results.next().await {
        progress.record(target, result);
        // Loopback answers at once. Without this the task would never wait, and what
        // shares it, such as a progress bar or Ctrl-C, would have to.
        task::consume_budget().await;
    }
}
