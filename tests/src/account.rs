//! Servers that refuse to run as root, and the folders that they need.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::component::explain_start;

/// Whether this process is root's.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Lets the users of servers reach what is in a folder.
pub(crate) fn open_to_all(folder: &Path) {
    let public = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder, public).expect("an own folder can be changed");
}

/// Gives a folder to the user of a server, if this process may.
pub(crate) fn give(folder: &Path, user: &str) {
    if is_root() {
        run(user, Command::new("chown").arg(user).arg(folder));
    }
}

/// Runs a command that prepares a server to its end; `server` is what is missing when
/// it isn't there.
pub(crate) fn run(server: &str, command: &mut Command) {
    run_with(server, command, Stdio::null());
}

/// As [`run`], with this input.
pub(crate) fn run_with(server: &str, command: &mut Command, input: impl Into<Stdio>) {
    let output = command.current_dir("/").stdin(input).output();
    let output = output.unwrap_or_else(|error| panic!("{}", explain_start(server, &error)));
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let missing = text.contains("No such file");
        let kind = if missing {
            io::ErrorKind::NotFound
        } else {
            io::ErrorKind::Other
        };
        let error = io::Error::new(kind, text);
        panic!("{}", explain_start(server, &error));
    }
}
