//! Prometheus' own checks of a page.

use std::io::{Seek, Write};
use std::process::{Command, Stdio};

use crate::component::explain_start;

/// Runs `promtool check metrics` on a page in the text format 0.0.4.
///
/// # Errors
///
/// With promtool's complaints: the page can't be parsed, or it breaks a naming
/// rule.
///
/// # Panics
///
/// When promtool isn't installed.
pub fn check_metrics(page: &str) -> Result<(), String> {
    // A file, since a pipe could fill up while promtool writes its complaints.
    let mut file = tempfile::tempfile().expect("the system's temporary folder is writable");
    file.write_all(page.as_bytes())
        .and_then(|()| file.rewind())
        .expect("a temporary file is writable");
    let output = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::from(file))
        .output()
        .unwrap_or_else(|error| panic!("{}", explain_start("promtool", &error)));
    if output.status.success() {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {complaints}", output.status))
}

/// Runs `promtool check config` on a configuration of Prometheus.
///
/// # Errors
///
/// With promtool's complaints.
///
/// # Panics
///
/// When promtool isn't installed.
pub fn check_config(yaml: &str) -> Result<(), String> {
    let mut file = tempfile::NamedTempFile::new().expect("the system's folder is writable");
    file.write_all(yaml.as_bytes())
        .expect("a temporary file is writable");
    let output = Command::new("promtool")
        .args(["check", "config"])
        .arg(file.path())
        .output()
        .unwrap_or_else(|error| panic!("{}", explain_start("promtool", &error)));
    if output.status.success() {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {complaints}", output.status))
}
