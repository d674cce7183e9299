//! Tests that need a process of their own, for what belongs to a whole process:
//! variables of the environment, the diagnostics hook, tables of names. Each runs
//! itself again in a child.

use std::env::{current_exe, var_os};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{Builder, current};
use std::time::Duration;

const CHILD: &str = "TEST_CHILD";

/// A body that takes longer hangs.
const DEADLINE: Duration = Duration::from_mins(1);

/// Runs `body` in a child process with these variables, which must end well and
/// in time; `name` is the path of the test that asks for it.
///
/// # Panics
///
/// The body panics or hangs, or there is no test of this name.
#[track_caller]
pub fn in_child(name: &str, variables: &[(&str, &str)], body: impl FnOnce() + Send + 'static) {
    printed_by_child(name, variables, body);
}

/// As [`in_child`]. Returns what the child has printed; nothing in the child.
///
/// # Panics
///
/// As [`in_child`].
#[track_caller]
pub fn printed_by_child(
    name: &str,
    variables: &[(&str, &str)],
    body: impl FnOnce() + Send + 'static,
) -> String {
    if var_os(CHILD).is_some() {
        in_time(body);
        return String::new();
    }
    let binary = current_exe().expect("the test has a binary");
    let output = Command::new(binary)
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let text = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {text}", output.status);
    assert!(text.contains("1 passed"), "`{name}` is no test: {text}");
    text
}

/// Runs `body` on a thread that is left behind when it hangs: the child ends
/// without it.
#[track_caller]
fn in_time(body: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = channel();
    let name = current().name().unwrap_or("body").to_owned();
    let thread = Builder::new().name(name).spawn(move || {
        body();
        sender.send(()).expect("somebody waits");
    });
    let thread = thread.expect("the thread starts");
    match receiver.recv_timeout(DEADLINE) {
        Ok(()) => {}
        Err(RecvTimeoutError::Disconnected) => {
            thread.join().expect("the body ends well");
        }
        Err(RecvTimeoutError::Timeout) => panic!("the body hangs"),
    }
}
