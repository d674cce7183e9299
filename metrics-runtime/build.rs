//! Tells the crate by what, for what and how it is built, for `rust_build_info`.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // What can't be found out stays unset, and is then left out of the family.
    for (from, to) in [("TARGET", "METRICS_TARGET"), ("PROFILE", "METRICS_PROFILE")] {
        if let Ok(value) = env::var(from) {
            println!("cargo::rustc-env={to}={value}");
        }
    }
    if let Some(version) = rustc() {
        println!("cargo::rustc-env=METRICS_RUSTC={version}");
    }
}

/// The compiler's version, such as `1.95.0`.
fn rustc() -> Option<String> {
    let output = Command::new(env::var_os("RUSTC")?)
        .arg("--version")
        .output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    // `rustc 1.95.0 (59807616e 2026-04-14)`
    text.split_whitespace().nth(1).map(str::to_owned)
}
