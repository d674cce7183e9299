//! The process, as Prometheus' guidelines for client libraries list it.
//!
//! | family | type | what |
//! |---|---|---|
//! | `process_cpu_seconds_total` | counter | user and system CPU time, in hundredths of a second |
//! | `process_open_fds` | gauge | open file descriptors |
//! | `process_max_fds` | gauge | how many may be open; `+Inf` for no limit |
//! | `process_virtual_memory_bytes` | gauge | virtual memory |
//! | `process_virtual_memory_max_bytes` | gauge | how much there may be; `+Inf` for no limit |
//! | `process_resident_memory_bytes` | gauge | resident memory |
//! | `process_start_time_seconds` | gauge | start of the process, in seconds of Unix |
//! | `process_threads` | gauge | threads |
//! | `process_network_receive_bytes_total` | counter | bytes received over IP in the process' network namespace |
//! | `process_network_transmit_bytes_total` | counter | bytes sent, likewise |
//!
//! The last two are beyond the guidelines and have Go's names; Go leaves version 6 of
//! IP out. `process_heap_bytes` is known to the [allocator](crate::AllocatorStatistics)
//! alone.
//!
//! The numbers are the kernel's, from `/proc/self`, which a process may read of itself
//! whatever `hidepid` says. A file that can't be read takes its own families along and
//! no others. Elsewhere than on Linux there are none.

mod proc;

pub(crate) use proc::Proc;

use super::PROCESS;
use crate::MetricsBuilder;
use crate::collect::model::Kind;
use crate::collect::{Own, Readings, Source, double};
use once_cell::sync::OnceCell;

/// The process that this is.
#[derive(Debug)]
struct Process {
    proc: Proc,
    /// Found once: the kernel gives the time of its boot anew with each correction of
    /// the clock, and the process has started once.
    start: OnceCell<f64>,
}

impl Process {
    const fn new(proc: Proc) -> Self {
        Self {
            proc,
            start: OnceCell::new(),
        }
    }
}

impl Source for Process {
    fn read(&self, readings: &mut Readings) {
        let mut gauge = |name, help, value: Option<f64>| {
            if let Some(value) = value {
                readings.number(Kind::Gauge, name, help, &[], value);
            }
        };
        let stat = self.proc.stat();
        let (limits, bytes) = (self.proc.limits(), |bytes: Option<u64>| bytes.map(double));
        gauge(
            "process_open_fds",
            "Number of open file descriptors.",
            bytes(self.proc.open_files()),
        );
        gauge(
            "process_max_fds",
            "Maximum number of open file descriptors.",
            limits.files,
        );
        gauge(
            "process_virtual_memory_bytes",
            "Virtual memory size in bytes.",
            bytes(stat.map(|stat| stat.virtual_bytes)),
        );
        gauge(
            "process_virtual_memory_max_bytes",
            "Maximum amount of virtual memory available in bytes.",
            limits.virtual_bytes,
        );
        gauge(
            "process_resident_memory_bytes",
            "Resident memory size in bytes.",
            bytes(self.proc.resident_bytes()),
        );
        gauge(
            "process_threads",
            "Number of OS threads in the process.",
            bytes(stat.map(|stat| stat.threads)),
        );
        let found = || stat.and_then(|stat| self.proc.start_time(stat));
        let begun = self.start.get_or_try_init(|| found().ok_or(()));
        gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            begun.ok().copied(),
        );
        let mut counter = |name, help, value: Option<f64>| {
            if let Some(value) = value {
                readings.number(Kind::Counter, name, help, &[], value);
            }
        };
        counter(
            "process_cpu_seconds_total",
            "Total user and system CPU time spent in seconds.",
            stat.map(|stat| stat.cpu_seconds()),
        );
        let network = self.proc.network();
        counter(
            "process_network_receive_bytes_total",
            "Bytes received over IP in the process' network namespace.",
            bytes(network.map(|network| network.received)),
        );
        counter(
            "process_network_transmit_bytes_total",
            "Bytes sent over IP in the process' network namespace.",
            bytes(network.map(|network| network.transmitted)),
        );
    }
}

/// What a set-up adds by itself.
pub(crate) fn automatic() -> Option<Own> {
    let here = cfg!(any(target_os = "android", target_os = "linux"));
    here.then(|| Own::new(PROCESS, Process::new(Proc::own())))
}

impl MetricsBuilder {
    /// Whether the families of the process are served, `process_cpu_seconds_total` and
    /// its siblings, which a set-up does by itself. Default: true.
    ///
    /// A page of a registry that isn't set up has none.
    ///
    /// | family | type | what |
    /// |---|---|---|
    /// | `process_cpu_seconds_total` | counter | user and system CPU time, in hundredths of a second |
    /// | `process_open_fds` | gauge | open file descriptors |
    /// | `process_max_fds` | gauge | how many may be open; `+Inf` for no limit |
    /// | `process_virtual_memory_bytes` | gauge | virtual memory |
    /// | `process_virtual_memory_max_bytes` | gauge | how much there may be; `+Inf` for no limit |
    /// | `process_resident_memory_bytes` | gauge | resident memory |
    /// | `process_start_time_seconds` | gauge | start of the process, in seconds of Unix |
    /// | `process_threads` | gauge | threads |
    /// | `process_network_receive_bytes_total` | counter | bytes received over IP in the process' network namespace |
    /// | `process_network_transmit_bytes_total` | counter | bytes sent, likewise |
    ///
    /// On Linux, from `/proc/self`; elsewhere there are none. A number that can't be
    /// read is left out alone. `process_heap_bytes` comes from the
    /// [`allocator`](Self::allocator).
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// use metrics_runtime::{Metrics, Registry};
    ///
    /// static WITH: Registry = Registry::new();
    /// static WITHOUT: Registry = Registry::new();
    /// let with = Metrics::builder().registry(&WITH).namespace("shop").build()?;
    /// let without = Metrics::builder().registry(&WITHOUT).process_collector(false).build()?;
    ///
    /// assert_eq!(cfg!(target_os = "linux"), with.to_text().contains("\nprocess_open_fds "));
    /// assert!(!without.to_text().contains("process_"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn process_collector(mut self, wanted: bool) -> Self {
        self.sources.retain(|own| own.name != PROCESS);
        if wanted {
            self.sources.extend(automatic());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Proc, Process};
    use crate::collect::Own;
    use std::fs;
    use std::path::Path;
    use tempfile::TempDir;

    const FILES: [(&str, &str, &[&str]); 6] = [
        (
            "stat",
            "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n",
            &["process_start_time_seconds 1700000123.45"],
        ),
        (
            "self/stat",
            "7 (a) S (b) R 1 1 1 0 -1 0 0 0 0 0 250 75 0 0 20 0 4 0 12345 8192 9 1 0\n",
            &[
                "process_cpu_seconds_total 3.25",
                "process_start_time_seconds 1700000123.45",
                "process_threads 4",
                "process_virtual_memory_bytes 8192",
            ],
        ),
        (
            "self/status",
            "Name:\tx\nVmRSS:\t      12 kB\nThreads:\t4\n",
            &["process_resident_memory_bytes 12288"],
        ),
        (
            "self/limits",
            "Limit                     Soft Limit           Hard Limit           Units     \n\
             Max open files            1024                 unlimited            files     \n\
             Max address space         unlimited            unlimited            bytes     \n",
            &[
                "process_max_fds 1024",
                "process_virtual_memory_max_bytes +Inf",
            ],
        ),
        (
            "self/net/netstat",
            "TcpExt: InOctets A\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 500 70\n",
            &[
                "process_network_receive_bytes_total 501",
                "process_network_transmit_bytes_total 72",
            ],
        ),
        (
            "self/net/snmp6",
            "Ip6InReceives                   \t9\nIp6InOctets    \t1\nIp6OutOctets \t2\n",
            &[],
        ),
    ];

    fn page(root: &Path) -> String {
        let registry = crate::Registry::new();
        let process = Process::new(Proc::at(root));
        registry.set_source(Own::new("process", process));
        let page = registry.to_text();
        let own = page.lines().filter(|line| line.starts_with("process_"));
        own.flat_map(|line| [line, "\n"]).collect()
    }

    fn lay_out(without: Option<&str>) -> TempDir {
        let root = tempfile::tempdir().expect("the temporary folder is writable");
        fs::create_dir_all(root.path().join("self/net")).expect("it is writable");
        for (name, text, _) in FILES.iter().filter(|(name, ..)| Some(*name) != without) {
            fs::write(root.path().join(name), text).expect("it is writable");
        }
        root
    }

    // Mutations: the name of the process ends at its first parenthesis; ticks are
    // milliseconds; a limit is the hard one.
    #[test]
    fn each_file_is_read_as_the_kernel_writes_it() {
        let root = lay_out(None);
        let mut expected: Vec<&str> = FILES.iter().flat_map(|file| file.2).copied().collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(page(root.path()), expected.join("\n") + "\n");
    }

    // Mutation: `read` returns when there is no `stat`.
    #[test]
    fn a_file_that_cannot_be_read_takes_its_own_families_alone() {
        for (name, _, lines) in FILES {
            let root = lay_out(Some(name));
            let page = page(root.path());
            let family = |line: &&'static str| line.split_once(' ').expect("it has a value").0;
            let gone: Vec<_> = lines.iter().map(family).collect();
            for family in FILES.iter().flat_map(|file| file.2).map(family) {
                let is_there = page.contains(&format!("{family} "));
                assert_eq!(
                    is_there,
                    !gone.contains(&family),
                    "{name}: {family} in {page}"
                );
            }
        }
        let empty = tempfile::tempdir().expect("the temporary folder is writable");
        assert_eq!(page(empty.path()), "");
    }

    // Mutation: `network` needs both files.
    #[test]
    fn without_version_6_the_network_is_that_of_version_4() {
        let page = page(lay_out(Some("self/net/snmp6")).path());
        assert!(
            page.contains("process_network_receive_bytes_total 500\n"),
            "{page}"
        );
    }

    // Mutation: what can't be parsed counts as zero.
    #[test]
    fn a_file_of_another_form_gives_nothing() {
        for text in [
            "",
            "x",
            "7 (a",
            "7 (a) R",
            "btime x\nVmRSS: x kB\nIpExt: InOctets\n",
            "\0",
        ] {
            let root = lay_out(None);
            for (name, ..) in FILES {
                fs::write(root.path().join(name), text).expect("it is writable");
            }
            assert_eq!(page(root.path()), "", "{text:?}");
        }
    }
}
