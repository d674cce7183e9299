//! The memory of another process.

use std::fs;

/// Starts the peak anew.
pub(crate) fn reset_peak(process: u32) {
    let reset = fs::write(format!("/proc/{process}/clear_refs"), "5");
    reset.expect("the process is ours");
}

/// Bytes in memory: now, and at most since the peak was reset.
pub(crate) fn resident(process: u32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.expect("the process runs");
    let read = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes = kilobytes.and_then(|number| number.trim().parse::<u64>().ok());
        kilobytes.expect("it is a number of kB") * 1_024
    };
    (read("VmRSS:"), read("VmHWM:"))
}
