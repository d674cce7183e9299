//! Files of fields between tabs.

use std::path::Path;
use std::str::FromStr;

/// The lines of a file; none if it isn't there.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(row).collect()
}

fn row(line: &str) -> Row {
    Row(line.split('\t').map(str::to_owned).collect())
}

/// The fields of a text that is part of the program.
pub(crate) fn rows_of(text: &str) -> Vec<Row> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(row).collect()
}

pub(crate) struct Row(Vec<String>);

impl Row {
    /// A field as text; empty if the line is shorter.
    pub(crate) fn text(&self, field: usize) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// A field as a number.
    pub(crate) fn number<T: FromStr>(&self, field: usize) -> Option<T> {
        self.text(field).parse().ok()
    }
}

/// When a part was measured, and of which commit.
pub(crate) fn stamp(directory: &Path) -> String {
    let stamp = std::fs::read_to_string(directory.join("stamp"));
    stamp.map_or_else(|_| String::new(), |stamp| stamp.trim().to_owned())
}

/// A number with so many decimals; a dash if there is none.
pub(crate) fn shown(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

/// The median of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}
