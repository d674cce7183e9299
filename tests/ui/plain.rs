//! What the compiler says of the same program without the attribute.

use crate::report::Report;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The code of an error, if it has one, with its line and column.
pub(crate) type Place = (String, u64, u64);

/// The errors of the program when nothing of ours is in it; none if that is
/// what the mistake is about.
pub(crate) fn errors_without_attribute(source: &str) -> Vec<Place> {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("plain.rs");
    fs::write(&path, without_attribute(source)).expect("the file can be written");
    let output = Command::new("rustc")
        .args([
            "--edition",
            "2024",
            "--emit",
            "metadata",
            "--error-format",
            "json",
        ])
        .arg("--out-dir")
        .arg(folder.path())
        .arg(&path)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output();
    let output = output.expect("the compiler runs").stderr;
    let text = String::from_utf8(output).expect("messages are text");
    let messages = text.lines().map(serde_json::from_str::<Value>);
    let messages = messages.map(|message| message.expect("a message is JSON"));
    messages.filter_map(|message| place(&message)).collect()
}

/// The program with our lines left empty, so that all others keep their numbers.
fn without_attribute(source: &str) -> String {
    let ours = |line: &&str| line.starts_with("use metrics_runtime") || line.trim() == "#[timed]";
    let lines = source.lines();
    lines
        .map(|line| {
            if ours(&line) {
                "\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}

fn place(message: &Value) -> Option<Place> {
    let spans = message["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true)?;
    (message["level"] == "error").then_some(())?;
    let code = message["code"]["code"].as_str().unwrap_or_default();
    let number = |key: &str| primary[key].as_u64();
    Some((
        code.to_owned(),
        number("line_start")?,
        number("column_start")?,
    ))
}

/// The blessed error.
pub(crate) fn blessed_error(report: &Report) -> Place {
    let mut lines = report.text.lines();
    let error = lines.next().expect("there is an error");
    let code = error
        .strip_prefix("error[")
        .and_then(|rest| rest.split_once(']'));
    let code = code.map_or("", |(code, _)| code);
    let place = lines.next().expect("an error has a place");
    let mut numbers = place
        .rsplit(':')
        .map(|number| number.parse().expect("a number"));
    let mut next = || numbers.next().expect("a line and a column");
    let (column, line) = (next(), next());
    (code.to_owned(), line, column)
}
