//! What `GET /system` tells: the process, its machine, its container and the runtime
//! that it is asked on.
//!
//! Of the process as the kernel tells of it, and `null` elsewhere than on Linux; of the
//! machine through the crate `sysinfo`, on all systems.
//!
//! File systems are read on a thread of their own: one whose server is gone doesn't
//! answer, and whoever asks it waits for ever.

mod mounts;
mod report;
#[cfg(test)]
mod tests;
mod usage;

pub use report::SystemReport;

use super::process::Proc;
use mounts::{LIMIT, Mounts, Told};
use report::{Container, Disk, Host, Interface, Limit, Load, Memory, Process, Runtime};
use std::sync::{LazyLock, Mutex, PoisonError};
use sysinfo::{
    DiskRefreshKind, Disks, MINIMUM_CPU_UPDATE_INTERVAL, Networks, Pid, ProcessRefreshKind,
    ProcessesToUpdate, System,
};
use usage::Usage;

/// What was read last, from which the next one counts.
static READER: Mutex<Option<Reader>> = Mutex::new(None);

static MOUNTS: LazyLock<Mounts> = LazyLock::new(|| Mounts::new(LIMIT, disks));

/// Reads everything.
fn read() -> SystemReport {
    read_with(&MOUNTS)
}

fn read_with(mounts: &Mounts) -> SystemReport {
    // Before the lock: what waits for it here makes nobody else wait.
    let told = mounts.read();
    // Poisoned, it holds the reading before, which is as good.
    let mut reader = READER.lock().unwrap_or_else(PoisonError::into_inner);
    reader.get_or_insert_with(Reader::new).read(told)
}

/// The readings that a share of the CPU is the difference of.
struct Reader {
    /// `None` where `sysinfo` doesn't know the system.
    system: Option<System>,
    proc: Proc,
    process: Usage,
    host: Usage,
}

impl Reader {
    fn new() -> Self {
        Self {
            system: System::new().ok(),
            proc: Proc::own(),
            process: Usage::new(MINIMUM_CPU_UPDATE_INTERVAL),
            host: Usage::new(MINIMUM_CPU_UPDATE_INTERVAL),
        }
    }

    fn read(&mut self, told: Told) -> SystemReport {
        SystemReport {
            process: self.process(),
            host: self.host(told),
            container: self.container(),
            runtime: runtime(),
        }
    }

    fn process(&mut self) -> Process {
        let stat = self.proc.stat();
        let cpu_seconds = stat.map(|stat| stat.cpu_seconds());
        let limits = self.proc.limits();
        Process {
            id: std::process::id(),
            cpu_seconds,
            cpu_percent: cpu_seconds.and_then(|seconds| self.process.seconds(seconds)),
            resident_memory_bytes: self.proc.resident_bytes(),
            virtual_memory_bytes: stat.map(|stat| stat.virtual_bytes),
            threads: stat.map(|stat| stat.threads),
            open_files: self.proc.open_files(),
            // JSON has no infinity: no limit is no number.
            max_open_files: limits.files.filter(|limit| limit.is_finite()),
            start_time_seconds: stat.and_then(|stat| self.proc.start_time(stat)),
        }
    }

    fn host(&mut self, told: Told) -> Host {
        let load = System::load_average().ok().map(|load| Load {
            one_minute: load.one,
            five_minutes: load.five,
            fifteen_minutes: load.fifteen,
        });
        let host = &mut self.host;
        let of_system = |system: &mut System| {
            system.refresh_memory();
            let cpu_percent = host.percent(|| {
                system.refresh_cpu_usage();
                f64::from(system.global_cpu_usage())
            });
            let memory = Memory {
                total_bytes: system.total_memory(),
                available_bytes: system.available_memory(),
                used_bytes: system.used_memory(),
                swap_total_bytes: system.total_swap(),
                swap_used_bytes: system.used_swap(),
            };
            (cpu_percent, system.cpus().len(), memory)
        };
        let known = self.system.as_mut().map(of_system);
        let (cpu_percent, cpus, memory) = known.map_or((None, None, None), |known| {
            (known.0, Some(known.1), Some(known.2))
        });
        Host {
            cpus,
            cpu_percent,
            load,
            memory,
            uptime_seconds: System::uptime().ok(),
            disks: told.disks,
            disks_error: told.error,
            network: network(),
        }
    }

    /// The cgroup of this very process, which need not be that of the whole container.
    fn container(&mut self) -> Option<Container> {
        let system = self.system.as_mut()?;
        let own = Pid::from_u32(std::process::id());
        let what = ProcessRefreshKind::nothing().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), true, what);
        let limits = system.process(own)?.cgroup_limits()?;
        // Without a limit, it is told to be all that the machine has.
        let is_limited = limits.total_memory < system.total_memory();
        is_limited.then_some(Container {
            memory: Limit {
                limit_bytes: limits.total_memory,
                free_bytes: limits.free_memory,
                resident_bytes: limits.rss,
            },
        })
    }
}

fn disks() -> Vec<Disk> {
    let kind = DiskRefreshKind::nothing().with_storage();
    let disks = Disks::new_with_refreshed_list_specifics(kind);
    let disks = disks
        .iter()
        .flat_map(|disks| disks.iter())
        .map(|disk| Disk {
            mount_point: disk.mount_point().to_string_lossy().into_owned(),
            file_system: disk.file_system().to_string_lossy().into_owned(),
            total_bytes: disk.total_space(),
            available_bytes: disk.available_space(),
        });
    disks.collect()
}

fn network() -> Vec<Interface> {
    let networks = Networks::new_with_refreshed_list();
    let interfaces = networks.iter().flat_map(|networks| networks.iter());
    let interfaces = interfaces.map(|(name, data)| Interface {
        name: name.to_string_lossy().into_owned(),
        received_bytes: data.total_received(),
        transmitted_bytes: data.total_transmitted(),
    });
    let mut interfaces: Vec<_> = interfaces.collect();
    interfaces.sort_by(|one, other| one.name.cmp(&other.name));
    interfaces
}

/// The runtime that this is asked on.
fn runtime() -> Option<Runtime> {
    let metrics = tokio::runtime::Handle::try_current().ok()?.metrics();
    let workers = metrics.num_workers();
    let busy = (0..workers).map(|worker| metrics.worker_total_busy_duration(worker));
    Some(Runtime {
        workers,
        alive_tasks: metrics.num_alive_tasks(),
        global_queue_depth: metrics.global_queue_depth(),
        busy_seconds: busy.sum::<std::time::Duration>().as_secs_f64(),
    })
}
