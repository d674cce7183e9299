//! The report, as it is in JSON. `null` is what the system doesn't tell.

use serde::Serialize;

/// What is known of the process, its machine, its container and the runtime that it is
/// asked on; what `/system` answers. It is there to be serialised.
///
/// Numbers have their unit in their name, and what the system doesn't tell is `null`:
/// so are the shares of the CPU at the first reading, since they are the difference of
/// two. Of the process it tells on Linux alone.
///
/// ```
/// let report = metrics_runtime::SystemReport::read();
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["process"]["id"], std::process::id());
/// assert!(json["process"]["cpu_percent"].is_null(), "it is the first reading");
/// assert!(json["host"]["memory"]["total_bytes"].is_u64());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct SystemReport {
    pub(super) process: Process,
    pub(super) host: Host,
    /// `null` where memory isn't limited by a cgroup.
    pub(super) container: Option<Container>,
    /// The runtime of tokio that has answered.
    pub(super) runtime: Option<Runtime>,
}

impl SystemReport {
    /// Reads everything; shares of the CPU are since the reading before, unless that is
    /// only a fraction of a second ago.
    ///
    /// It asks the kernel and file systems, and waits up to half a second for the latter:
    /// call it where blocking does no harm, such as in `spawn_blocking`. While one of
    /// them doesn't answer, `host.disks` is what was read before, `host.disks_error` says
    /// so, and nothing waits for it any more but one thread.
    pub fn read() -> Self {
        super::read()
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Process {
    pub(super) id: u32,
    pub(super) cpu_seconds: Option<f64>,
    /// Of one CPU, since the reading before; `null` at the first.
    pub(super) cpu_percent: Option<f64>,
    pub(super) resident_memory_bytes: Option<u64>,
    pub(super) virtual_memory_bytes: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) open_files: Option<u64>,
    pub(super) max_open_files: Option<f64>,
    pub(super) start_time_seconds: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Host {
    pub(super) cpus: Option<usize>,
    /// Of all CPUs, since the reading before; `null` at the first.
    pub(super) cpu_percent: Option<f64>,
    pub(super) load: Option<Load>,
    pub(super) memory: Option<Memory>,
    pub(super) uptime_seconds: Option<u64>,
    pub(super) disks: Vec<Disk>,
    /// Why `disks` is what was read before, or empty where nothing was.
    pub(super) disks_error: Option<&'static str>,
    pub(super) network: Vec<Interface>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Load {
    pub(super) one_minute: f64,
    pub(super) five_minutes: f64,
    pub(super) fifteen_minutes: f64,
}

#[expect(
    clippy::struct_field_names,
    reason = "units are part of the names in JSON"
)]
#[derive(Clone, Debug, Serialize)]
pub(super) struct Memory {
    pub(super) total_bytes: u64,
    pub(super) available_bytes: u64,
    pub(super) used_bytes: u64,
    pub(super) swap_total_bytes: u64,
    pub(super) swap_used_bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Disk {
    pub(super) mount_point: String,
    pub(super) file_system: String,
    pub(super) total_bytes: u64,
    pub(super) available_bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) received_bytes: u64,
    pub(super) transmitted_bytes: u64,
}

/// The process' cgroup.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Container {
    pub(super) memory: Limit,
}

/// The memory that it may take.
#[expect(
    clippy::struct_field_names,
    reason = "units are part of the names in JSON"
)]
#[derive(Clone, Debug, Serialize)]
pub(super) struct Limit {
    pub(super) limit_bytes: u64,
    pub(super) free_bytes: u64,
    pub(super) resident_bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Runtime {
    pub(super) workers: usize,
    pub(super) alive_tasks: usize,
    pub(super) global_queue_depth: usize,
    pub(super) busy_seconds: f64,
}
