//! What the kernel says of the process, in the files of `proc(5)`.
//!
//! By hand: these few lines are part of the kernel's interface, and a library for all
//! of `/proc` would be five more crates in every program.

use std::fs;
use std::path::{Path, PathBuf};

/// Ticks of the times in `/proc`, in a second: `USER_HZ`, which is this on every
/// architecture that Rust's standard library knows, whatever the kernel's own clock.
const TICKS: f64 = 100.0;

/// Where the kernel shows processes.
#[derive(Debug)]
pub(crate) struct Proc {
    root: PathBuf,
}

/// Of `/proc/self/stat`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    cpu_ticks: u64,
    /// Since the machine has booted.
    start_ticks: u64,
    pub(crate) threads: u64,
    pub(crate) virtual_bytes: u64,
}

impl Stat {
    pub(crate) fn cpu_seconds(&self) -> f64 {
        crate::collect::double(self.cpu_ticks) / TICKS
    }
}

/// Soft limits, which are those in force; infinite if there is none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) files: Option<f64>,
    pub(crate) virtual_bytes: Option<f64>,
}

/// Bytes over IP since the network namespace was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) received: u64,
    pub(crate) transmitted: u64,
}

impl Proc {
    /// The kernel's own.
    pub(crate) fn own() -> Self {
        Self::at(Path::new("/proc"))
    }

    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    fn text(&self, file: &str) -> Option<String> {
        // The name of a process need not be UTF-8.
        let bytes = fs::read(self.root.join(file)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn stat(&self) -> Option<Stat> {
        let text = self.text("self/stat")?;
        // Names may have parentheses and spaces; nothing behind them has.
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // Numbered as proc(5) does; the first one behind the name is the third.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Stat {
            cpu_ticks: field(14)? + field(15)?,
            threads: field(20)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
        })
    }

    /// From `status`, which has it in bytes: `stat` has it in pages, whose size only a
    /// system call tells.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        let text = self.text("self/status")?;
        let kilobytes: u64 = number_behind(&text, "VmRSS:")?;
        kilobytes.checked_mul(1024)
    }

    /// In seconds of Unix: the boot of the machine, and the ticks until the process
    /// has started.
    pub(crate) fn start_time(&self, stat: Stat) -> Option<f64> {
        let boot: u64 = number_behind(&self.text("stat")?, "btime ")?;
        let double = crate::collect::double;
        Some(double(boot) + double(stat.start_ticks) / TICKS)
    }

    pub(crate) fn open_files(&self) -> Option<u64> {
        let folder = self.root.join("self/fd");
        // Linux 6.2 and later have the number as the size of the folder, whose listing
        // takes long when there are many.
        let size = fs::metadata(&folder).ok()?.len();
        if size > 0 {
            return Some(size);
        }
        let listed = fs::read_dir(&folder).ok()?.flatten().count();
        // One of them is that of the listing itself.
        u64::try_from(listed).ok()?.checked_sub(1)
    }

    pub(crate) fn limits(&self) -> Limits {
        let text = self.text("self/limits").unwrap_or_default();
        let soft = |name| match behind(&text, name)?.split_ascii_whitespace().next()? {
            "unlimited" => Some(f64::INFINITY),
            limit => limit.parse::<u64>().ok().map(crate::collect::double),
        };
        Limits {
            files: soft("Max open files "),
            virtual_bytes: soft("Max address space "),
        }
    }

    pub(crate) fn network(&self) -> Option<Network> {
        let text = self.text("self/net/netstat")?;
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("IpExt: "));
        let (names, values) = (lines.next()?, lines.next()?);
        let value = |name| {
            let mut pairs = names.split(' ').zip(values.split(' '));
            let (_, value) = pairs.find(|(own, _)| *own == name)?;
            value.parse::<u64>().ok()
        };
        // There is none where version 6 is turned off.
        let newer = self.text("self/net/snmp6").unwrap_or_default();
        let newer = |name| number_behind(&newer, name).unwrap_or(0);
        Some(Network {
            received: value("InOctets")?.saturating_add(newer("Ip6InOctets ")),
            transmitted: value("OutOctets")?.saturating_add(newer("Ip6OutOctets ")),
        })
    }
}

/// What stands behind these words at the start of a line.
fn behind<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(words))
}

/// The number there.
fn number_behind(text: &str, words: &str) -> Option<u64> {
    let rest = behind(text, words)?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}
