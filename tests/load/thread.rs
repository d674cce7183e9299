//! Threads of another process.

use std::fs;
use std::time::Duration;

/// How many it has.
pub(crate) fn count(process: u32) -> usize {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    threads.expect("the process is ours").count()
}

/// The processor's time that it has taken, to a hundredth of a second.
pub(crate) fn time(process: u32) -> Duration {
    let status = fs::read_to_string(format!("/proc/{process}/stat"));
    let status = status.expect("the process runs");
    // The name, in parentheses, may be anything.
    let (_, fields) = status.rsplit_once(") ").expect("it has a name");
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks = ticks.map(|ticks| ticks.parse::<u64>().expect("it is a number"));
    // A tick is that long on all systems that Linux is built for.
    Duration::from_millis(10 * ticks.sum::<u64>())
}
