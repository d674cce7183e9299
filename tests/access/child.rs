//! Tests that need a process of their own: each runs itself again in a child.

use std::env;
use std::process::Command;

const CHILD: &str = "ACCESS_CHILD";

/// Runs `body` in a child with these variables, which must end well; `name` is the path of
/// the test that asks for it. Returns what the child has printed; nothing in the child.
#[track_caller]
pub(crate) fn in_child(name: &str, variables: &[(&str, &str)], body: impl FnOnce()) -> String {
    if env::var_os(CHILD).is_some() {
        body();
        return String::new();
    }
    let binary = env::current_exe().expect("the test has a binary");
    let output = Command::new(binary)
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    text.into_owned()
}
