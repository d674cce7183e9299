//! The memory of the running process.

use std::fs;

/// Bytes of the process that are in memory.
///
/// # Panics
///
/// Where there is no `/proc`, or it doesn't say.
pub fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc/self/status can be read");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes = kilobytes.and_then(|number| number.trim().parse::<u64>().ok());
    kilobytes.expect("VmRSS is a number of kB") * 1_024
}
