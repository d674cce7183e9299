//! Call sites of a library that a binary names, before their first call.

use std::path::Path;
use std::process::Command;

use integration_tests::page::Page;

/// Builds and runs the fixture `linked-program`, which prints its page.
#[track_caller]
fn page_of_program(profile: &[&str]) -> Page {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkage");
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--offline",
            "--locked",
            "--package",
            "linked-program",
        ])
        .args(profile)
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Page::parse(output.stdout).expect("the page is valid")
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
    check(&page_of_program(&[]));
}

#[test]
fn the_sites_of_a_library_are_on_the_page_at_zero_after_fat_link_time_optimisation() {
    check(&page_of_program(&[
        "--release",
        "--config",
        "profile.release.lto='fat'",
        "--config",
        "profile.release.codegen-units=1",
    ]));
}
