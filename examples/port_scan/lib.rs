//! A port scanner for loopback: the pattern for work that takes long.
//!
//! | what one asks of long work | family | how |
//! |---|---|---|
//! | how far is it? | `port_scan_progress_ratio` | a gauge from 0 to 1, set with every item |
//! | does it run at all? | `port_scans_in_progress` | `#[in_progress]` on [`scan_with`] |
//! | what has come out? | `port_scan_results_total{port,service,status}`, `hosts_discovered_total` | counters, increased with every item |
//! | how long does it take, and how does it end? | `port_scan_duration_seconds{outcome}` | `#[timed]` on [`scan_with`], with buckets for whole scans |
//!
//! | the scan… | duration | counters | progress | in progress |
//! |---|---|---|---|---|
//! | ends | observed, `outcome="ok"` | +1 for every port | 1 | −1 |
//! | is dropped | observed, `outcome="cancelled"` | +1 for every port that had its result | stays where it was | −1 |
//! | panics | observed, `outcome="panic"` | the same | stays where it was | −1 |
//!
//! What was found is kept in a [`Progress`], which outlives the scan: whoever drops
//! the scan has a [`Report`] of all that the counters have counted. The progress of a
//! scan that was cut short says until the next one how far it came; one that stays below 1
//! while nothing is in progress is worth an alert. There is one gauge for
//! the process, so scans follow one another here; programs with several at a time give
//! the gauge a label for each of a few kinds of work, never for each piece of it.
//!
//! Ports are 65,535, which is too many for a label that meets two others: those of
//! [`WELL_KNOWN`] have their number, and so have the first [`NAMED_PORTS`] others that
//! were found open in this process, but only with `status="open"`. The rest is `other`.
//!
//! Only loopback is ever scanned: see [`Hosts`].
//!
//! ```
//! use port_scan::{Hosts, Plan, Ports, Progress, scan};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let port = listener.local_addr()?.port();
//! let hosts: Hosts = "127.0.0.1".parse()?;
//! let ports: Ports = port.to_string().parse()?;
//!
//! let plan = Plan::new(hosts, ports);
//! let progress = Progress::new(&plan);
//! scan(&plan, &progress).await;
//! assert_eq!(progress.report().found, [listener.local_addr()?]);
//!
//! let page = metrics_runtime::global().to_text();
//! let result = format!(
//!     r#"port_scan_results_total{{port="{port}",service="unknown",status="open"}} 1"#
//! );
//! assert!(page.contains(&result));
//! assert!(page.contains("\nport_scan_progress_ratio 1\n"));
//! assert!(page.contains(r#"port_scan_duration_seconds_count{outcome="ok"} 1"#));
//! # Ok(())
//! # }
//! ```

mod metric;
mod plan;
mod port;
mod probe;
mod progress;
mod report;
mod scan;
mod service;
mod target;

pub use metric::NAMED_PORTS;
pub use plan::Plan;
pub use port::{PortError, Ports};
pub use probe::{Status, connect};
pub use progress::Progress;
pub use report::Report;
pub use scan::{scan, scan_with};
pub use service::{WELL_KNOWN, service};
pub use target::{HostError, Hosts, MOST_HOSTS};
