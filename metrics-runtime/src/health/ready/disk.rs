//! The free space of a file system.

use super::Free;
use crate::health::{HealthCheck, HealthReport};
use std::path::PathBuf;

/// The space that is free for this program in the file system of `path`, down when
/// there is less than `least`. What is reserved for root isn't free.
pub fn disk_space(name: impl Into<String>, path: impl Into<PathBuf>, least: Free) -> HealthCheck {
    let path: PathBuf = path.into();
    HealthCheck::blocking(name, move || match space(&path) {
        Ok((free, total)) => least.report("the disk", free, total),
        Err(error) => {
            let path = path.display();
            HealthReport::down(format!("the space of `{path}` can't be read: {error}"))
        }
    })
}

/// Bytes that are free, and all.
#[cfg(unix)]
fn space(path: &std::path::Path) -> std::io::Result<(u64, u64)> {
    let found = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok((bytes(found.f_bavail), bytes(found.f_blocks)))
}

#[cfg(not(unix))]
fn space(_path: &std::path::Path) -> std::io::Result<(u64, u64)> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, unix))]
mod tests {
    use super::disk_space;
    use crate::health::check::Work;
    use crate::health::ready::Free;
    use crate::health::{HealthReport, HealthStatus};
    use std::process::Command;
    use std::time::Instant;

    fn run(path: &str, least: Free) -> HealthReport {
        let check = disk_space("disk", path, least);
        let Work::Blocking(work) = &*check.work else {
            panic!("it blocks");
        };
        work(Instant::now())
    }

    // Mutation: what is free is taken for all that there is.
    #[test]
    fn it_is_what_the_system_says() {
        let report = run("/", Free::Bytes(1));
        assert_eq!(report.status(), HealthStatus::Up);
        let df = Command::new("df")
            .args(["-B1", "--output=size", "/"])
            .output();
        let df = String::from_utf8(df.expect("coreutils are there").stdout).unwrap();
        let size = df.lines().nth(1).map(str::trim);
        let total = report.data()["total_bytes"].to_string();
        assert_eq!(size, Some(&*total));
        assert_eq!(run("/", Free::Percent(100.1)).status(), HealthStatus::Down);
        let report = run("/there/is/nothing", Free::Bytes(1));
        let message = report.message().unwrap_or_default();
        assert!(message.starts_with("the space of `/there/is/nothing` can't be read: "));
    }
}
