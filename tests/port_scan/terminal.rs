//! The progress bar, which is for terminals only.

use std::process::Command;

use integration_tests::component::{Component, fresh_home};

use crate::socket::{LIMIT, closed_port};

/// What the program writes, where it has a terminal.
fn on_terminal(arguments: &str) -> String {
    let program = env!("CARGO_BIN_EXE_port-scan");
    // Of Debian's `bsdutils`, which is always there: runs a command on a terminal.
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{program} {arguments}"))
        .arg("/dev/null")
        .env("TERM", "xterm");
    let mut scanner = Component::start(command, fresh_home());
    let status = scanner.wait(LIMIT);
    let code = status.and_then(|status| status.code());
    assert_eq!(code, Some(0), "{}", scanner.log());
    scanner.log()
}

// Mutation: `Bar::end` doesn't show where the scan has ended.
#[test]
fn has_a_bar_that_reaches_its_end() {
    let arguments = format!("127.0.0.0/30 --ports {},1-9", closed_port());
    let screen = on_terminal(&arguments);
    let bar = format!("{} 100%  40 of 40 ports, 0 open, 0s left", "█".repeat(40));
    assert!(screen.contains(&bar), "{screen}");
    assert!(screen.contains("probed    40 of 40"), "{screen}");
}
