//! The memory of processes.

use std::fs;

/// Bytes of the running process that are in memory.
///
/// # Panics
///
/// Where there is no `/proc`, or it doesn't say.
pub fn resident_bytes() -> u64 {
    resident("self")
}

/// Bytes of another process that are in memory.
///
/// # Panics
///
/// Where there is no `/proc`, or the process doesn't run.
pub fn resident_bytes_of(process: u32) -> u64 {
    resident(&process.to_string())
}

fn resident(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.expect("the process runs, and /proc has its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes = kilobytes.and_then(|number| number.trim().parse::<u64>().ok());
    kilobytes.expect("VmRSS is a number of kB") * 1_024
}
