//! The manifest of the documentation, by the schemas of Kubernetes.

use super::client::get;
use super::service::Service;
use integration_tests::component::fresh_home;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn manifest() -> String {
    let path = root().join("docs/kubernetes/deployment.yaml");
    fs::read_to_string(path).expect("the manifest is there")
}

/// What the validator says, which scripts/test.sh installs.
fn validate(manifest: &str) -> Output {
    let home = fresh_home();
    let path = home.path().join("deployment.yaml");
    fs::write(&path, manifest).expect("a temporary folder is writable");
    let validator = root().join("target/python/bin/kubernetes-validate");
    let mut command = Command::new(&validator);
    let output = command.arg("--strict").arg(&path).output();
    output.unwrap_or_else(|error| {
        let validator = validator.display();
        panic!("can't start `{validator}`: {error}; run scripts/test.sh, which installs it")
    })
}

#[test]
fn the_manifest_is_valid() {
    let output = validate(&manifest());
    assert!(output.status.success(), "{output:?}");
}

// A validator that lets everything pass would let ours pass, too.
#[test]
fn a_manifest_with_a_mistake_is_refused() {
    let manifest = manifest();
    for (right, wrong) in [
        ("readinessProbe:", "readynessProbe:"),
        ("timeoutSeconds: 2", "timeoutSeconds: 2s"),
        (
            "              path: /liveness\n",
            "              paths: /liveness\n",
        ),
        (
            "                  key: token",
            "                  keys: token",
        ),
        ("              sleep:", "              sleeps:"),
        (
            "      terminationGracePeriodSeconds: 45",
            "      terminationGracePeriodSeconds: x",
        ),
    ] {
        let mutated = manifest.replacen(right, wrong, 1);
        assert_ne!(mutated, manifest, "{right} isn't there");
        let output = validate(&mutated);
        assert!(!output.status.success(), "{wrong} passes: {output:?}");
    }
}

/// The paths of the probes, in their order.
fn probed(manifest: &str) -> Vec<(String, String)> {
    let mut probe = None;
    let mut paths = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix("Probe:") {
            probe = Some(name.to_owned());
        }
        if let Some(path) = line.strip_prefix("path: ") {
            paths.extend(probe.take().map(|probe| (probe, path.to_owned())));
        }
    }
    paths
}

#[test]
fn its_probes_ask_for_what_is_served() {
    let paths = probed(&manifest());
    let expected = [
        ("startup", "/health/startup"),
        ("readiness", "/readiness"),
        ("liveness", "/liveness"),
    ];
    let expected = expected.map(|(probe, path)| (probe.to_owned(), path.to_owned()));
    assert_eq!(paths, expected);
    let service = Service::start(|_| ());
    for (_, path) in paths {
        assert_eq!(get(service.address, &path).status, 200, "{path}");
    }
}
