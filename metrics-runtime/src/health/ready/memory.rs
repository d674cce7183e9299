//! The memory that is left.

use super::Free;
use crate::health::{HealthCheck, HealthReport};
use std::fs;
use std::path::Path;

/// The memory that is left to the program: by the limit of its container or service
/// (cgroup v2 or v1), whichever of those around it leaves least, and by what the
/// machine has available. Down when it is less than `least`.
///
/// What a cgroup keeps of files that it could give back counts as free, as it does for
/// Kubernetes. On Linux; elsewhere the check is down and says so.
pub fn memory(name: impl Into<String>, least: Free) -> HealthCheck {
    HealthCheck::blocking(name, move || match left(Path::new("/")) {
        Some(Memory { free, total }) => least.report("memory", free, total),
        None => HealthReport::down("the memory of this system can't be read"),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Memory {
    free: u64,
    total: u64,
}

/// What is left least, with the files of the system below `root`.
fn left(root: &Path) -> Option<Memory> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let limited = groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        match controllers {
            "" => tightest(&root.join("sys/fs/cgroup"), path, &V2),
            _ if controllers.split(',').any(|it| it == "memory") => {
                tightest(&root.join("sys/fs/cgroup/memory"), path, &V1)
            }
            _ => None,
        }
    });
    let machine = machine(root);
    limited.chain(machine).min_by_key(|memory| memory.free)
}

/// The files of a version: limit, usage, and what of it could be given back.
struct Version {
    limit: &'static str,
    usage: &'static str,
    inactive: &'static str,
}

const V2: Version = Version {
    limit: "memory.max",
    usage: "memory.current",
    inactive: "inactive_file",
};

const V1: Version = Version {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    inactive: "total_inactive_file",
};

/// Of a group and those around it. In a container its own path may be that of the
/// machine, which isn't there, and its files are those of the root.
fn tightest(mount: &Path, path: &str, version: &Version) -> Option<Memory> {
    let own = mount.join(path.trim_start_matches('/'));
    let around = own.ancestors().take_while(|group| group.starts_with(mount));
    let limits = around.filter_map(|group| {
        let number = |file| {
            fs::read_to_string(group.join(file))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        // `max` is none, and version 1 has a number beyond all memory.
        let total: u64 = number(version.limit)?;
        let usage: u64 = number(version.usage)?;
        let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
        let inactive = value(&stat, version.inactive).unwrap_or(0);
        let used = usage.saturating_sub(inactive);
        let free = total.saturating_sub(used);
        Some(Memory { free, total })
    });
    limits.min_by_key(|memory| memory.free)
}

fn machine(root: &Path) -> Option<Memory> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let bytes = |name| value(&text, name).map(|kib| kib.saturating_mul(1_024));
    let free = bytes("MemAvailable:")?;
    let total = bytes("MemTotal:")?;
    Some(Memory { free, total })
}

/// The number after a word at the start of a line.
fn value(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines();
    lines.find_map(|line| {
        let mut words = line.split_whitespace();
        let found = words.next() == Some(name);
        found.then(|| words.next()?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::{Memory, left};
    use std::fs;
    use tempfile::TempDir;

    fn system(files: &[(&str, &str)]) -> TempDir {
        let root = TempDir::new().expect("the system's temporary folder is writable");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const MEMINFO: (&str, &str) = (
        "proc/meminfo",
        "MemTotal:    8000 kB\nMemFree:  100 kB\nMemAvailable:  4000 kB\n",
    );

    fn of(files: &[(&str, &str)]) -> Option<Memory> {
        let files: Vec<_> = files.iter().copied().chain([MEMINFO]).collect();
        left(system(&files).path())
    }

    const MACHINE: Memory = Memory {
        free: 4_096_000,
        total: 8_192_000,
    };

    // Mutations: the own group alone is asked; files that could be given back are used.
    #[test]
    fn the_tightest_group_around_the_program_counts() {
        let own = ("proc/self/cgroup", "0::/a.slice/b.service\n");
        let free = of(&[
            own,
            ("sys/fs/cgroup/a.slice/memory.max", "10000\n"),
            ("sys/fs/cgroup/a.slice/memory.current", "9000\n"),
            (
                "sys/fs/cgroup/a.slice/memory.stat",
                "anon 1\ninactive_file 500\n",
            ),
            ("sys/fs/cgroup/a.slice/b.service/memory.max", "max\n"),
            ("sys/fs/cgroup/a.slice/b.service/memory.current", "9000\n"),
        ]);
        let expected = Memory {
            free: 1_500,
            total: 10_000,
        };
        assert_eq!(free, Some(expected));
        assert_eq!(of(&[own]), Some(MACHINE));
    }

    #[test]
    fn a_container_has_its_limit_at_the_root() {
        let free = of(&[
            ("proc/self/cgroup", "9:cpu,memory:/docker/abc\n1:pids:/x\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "900\n"),
            (
                "sys/fs/cgroup/memory/memory.stat",
                "total_inactive_file 50\n",
            ),
        ]);
        let expected = Memory {
            free: 150,
            total: 1_000,
        };
        assert_eq!(free, Some(expected));
    }

    #[test]
    fn without_a_limit_the_machine_counts() {
        assert_eq!(of(&[]), Some(MACHINE));
        let unlimited = of(&[
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/memory.max", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory.current", "5\n"),
        ]);
        assert_eq!(unlimited, Some(MACHINE));
        assert_eq!(left(system(&[]).path()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_some() {
        let memory = left(std::path::Path::new("/")).expect("Linux says");
        assert!(memory.free > 0 && memory.free <= memory.total, "{memory:?}");
    }
}
