//! Open files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;

/// Lets this process, and those that it starts, open as many files as the system
/// allows.
///
/// # Panics
///
/// If that is fewer than `needed`.
pub(crate) fn allow(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    if let Some(most) = limit.maximum {
        assert!(
            most >= needed,
            "this takes {needed} open files, and the hard limit is {most}; raise it (`ulimit -Hn`, \
             LimitNOFILE of systemd, or nofile of the container)"
        );
    }
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("the soft limit may be the hard one");
}

/// How many files a process has open.
pub(crate) fn open(process: u32) -> usize {
    let open = fs::read_dir(format!("/proc/{process}/fd"));
    open.expect("the process is ours").count()
}
