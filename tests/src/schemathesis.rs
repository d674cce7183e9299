//! A tester of services by their `OpenAPI` document: it makes requests of what the
//! document says, and of what it doesn't.

use crate::python::program;
use std::io::Write as _;
use std::process::Command;

/// Tests the service at `base` by the document at this path, with so many examples for
/// each operation.
///
/// # Errors
///
/// With what it has found: an answer of 500 or above, or one that isn't as the document
/// has it.
///
/// # Panics
///
/// When it isn't there: scripts/test.sh installs it.
pub fn run(base: &str, document: &str, examples: u32, headers: &[&str]) -> Result<String, String> {
    let schemathesis = program("schemathesis");
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile();
    let file = file.as_mut().expect("the system's folder is writable");
    file.write_all(CONFIGURATION.as_bytes())
        .expect("a temporary file is writable");
    let mut command = Command::new(&schemathesis);
    command
        .arg("--config-file")
        .arg(file.path())
        .args(["run", "--no-color", "--url", base, "--workers", "1"])
        .args(["--max-examples", &examples.to_string()])
        .args(["--generation-deterministic"])
        .args(["--checks", CHECKS])
        .args(headers.iter().flat_map(|header| ["--header", header]))
        .arg(format!("{base}{document}"))
        // It would leave files there.
        .current_dir(std::env::temp_dir());
    let output = command.output().unwrap_or_else(|error| {
        let schemathesis = schemathesis.display();
        panic!("can't start `{schemathesis}`: {error}; run scripts/test.sh, which installs it")
    });
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}\n{text}\n{errors}", output.status))
    }
}

/// What is looked at. Those that are left out want a request to be refused only for what
/// the document says, or to be told of things that we don't have.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance,\
                      negative_data_rejection,positive_data_acceptance,unsupported_method";

/// What is wrong may be refused as too long, and what is right by the schema too, which
/// knows no bytes.
const CONFIGURATION: &str = "\
[checks.negative_data_rejection]
expected-statuses = [\"4xx\"]

[checks.positive_data_acceptance]
expected-statuses = [\"2xx\", \"413\", \"422\"]
";
