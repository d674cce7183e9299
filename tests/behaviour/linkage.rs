//! Call sites of a library that a binary names, before their first call.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use integration_tests::page::Page;

const DEBUG: &[&str] = &[];

const OPTIMISED: &[&str] = &[
    "--release",
    "--config",
    "profile.release.lto='fat'",
    "--config",
    "profile.release.codegen-units=1",
];

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkage")
}

/// Builds and runs a program of a fixture, and gives what it prints.
#[track_caller]
fn printed_by(package: &str, program: &str, profile: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--locked"])
        .args(["--package", package, "--bin", program])
        .args(profile)
        .arg("--target-dir")
        .arg(target())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    output.stdout
}

#[track_caller]
fn page_of(package: &str, program: &str, profile: &[&str]) -> Page {
    Page::parse(printed_by(package, program, profile)).expect("the page is valid")
}

/// Builds and runs the fixture `linked-program`, which prints its page.
#[track_caller]
fn page_of_program(profile: &[&str]) -> Page {
    page_of("linked-program", "linked-program", profile)
}

#[track_caller]
fn check(page: &Page) {
    let zero = [
        ("library_jobs_total", vec![("outcome", "ok")]),
        ("library_jobs_total", vec![("outcome", "error")]),
        ("function_calls_total", vec![("function", "never_called")]),
        ("function_calls_total", vec![("function", "generic")]),
        ("function_calls_total", vec![("function", "private")]),
        ("function_calls_total", vec![("function", "by_default")]),
        (
            "function_duration_seconds_count",
            vec![("function", "Library::later")],
        ),
        ("model_inserts_total", vec![("model", "User")]),
    ];
    for (name, labels) in zero {
        assert_eq!(page.sum(name, &labels), Some(0.0), "{name} {labels:?}");
    }
}

#[test]
fn the_sites_of_a_library_are_on_the_page_at_zero_in_a_debug_build() {
    check(&page_of_program(DEBUG));
}

#[test]
fn the_sites_of_a_library_are_on_the_page_at_zero_after_fat_link_time_optimisation() {
    check(&page_of_program(OPTIMISED));
}

#[track_caller]
fn count(page: &Page, function: &str) -> Option<f64> {
    page.sum(
        "function_duration_seconds_count",
        &[("function", function), ("outcome", "ok")],
    )
}

// Mutation: the constructor of the runtime isn't referred to where a registry is locked.
#[test]
fn calls_before_the_first_look_at_the_registry_are_counted() {
    for profile in [DEBUG, OPTIMISED] {
        let page = page_of("linked-thinly", "global", profile);
        assert_eq!(count(&page, "work"), Some(3.0));
    }
}

#[test]
fn a_program_with_a_registry_of_its_own_needs_no_look_at_the_global_one() {
    for profile in [DEBUG, OPTIMISED] {
        let page = page_of("linked-thinly", "own", profile);
        assert_eq!(count(&page, "work"), Some(3.0));
        assert_eq!(count(&page, "other"), None);
    }
}

/// Whether a program that was built contains this text.
#[track_caller]
fn has(program: &str, text: &str) -> bool {
    let program = fs::read(target().join(program)).expect("it was built");
    let mut windows = program.windows(text.len());
    windows.any(|window| window == text.as_bytes())
}

// Mutations: `#[used]` on the runtime's constructor; a function that calls need stands
// in the runtime.
#[test]
fn a_program_that_never_looks_at_its_metrics_is_linked_without_the_runtime() {
    // What declares the families of functions, in code and in debug information.
    let text = "function_duration_seconds";
    for (profile, folder) in [(DEBUG, "debug"), (OPTIMISED, "release")] {
        assert!(printed_by("linked-thinly", "unread", profile).is_empty());
        printed_by("linked-thinly", "global", profile);
        assert!(has(&format!("{folder}/global"), text));
        assert!(!has(&format!("{folder}/unread"), text));
    }
}
