//! What the compiler says about mistakes in attributes: one mistake per file of
//! `trybuild/`, one folder per theme.

mod message;
mod report;

use message::{Message, messages};
use report::{Report, reports};

/// A file under `trybuild/` fits on one screen.
const MOST_LINES: usize = 15;

/// Fewer messages than this in the macro crate means that they weren't found.
const FEWEST_MESSAGES: usize = 40;

#[test]
fn each_mistake_gives_the_blessed_error() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("trybuild/*/*.rs");
}

#[test]
fn each_mistake_gives_one_error_and_no_warning() {
    for Report { path, text, .. } in reports() {
        let starts = |word| text.lines().filter(|line| line.starts_with(word)).count();
        assert_eq!(starts("error"), 1, "{path}\n{text}");
        assert_eq!(starts("warning"), 0, "{path}\n{text}");
    }
}

#[test]
fn each_mistake_stands_alone_in_a_short_file() {
    for Report { path, source, .. } in reports() {
        let source = source.unwrap_or_else(|| panic!("{path} has no source beside it"));
        assert!(source.lines().count() <= MOST_LINES, "{path} is too long");
    }
}

#[test]
fn each_message_is_in_lower_case_without_a_full_stop() {
    let reports = reports();
    let own = reports.iter().filter_map(Report::own_message);
    for message in own {
        assert!(!message.ends_with('.'), "{message}");
        assert!(!message.starts_with(char::is_uppercase), "{message}");
        assert!(!message.contains("unexpected end of input"), "{message}");
    }
}

#[test]
fn every_diagnostic_has_a_ui_test() {
    let messages = messages();
    let found = messages.len();
    assert!(found >= FEWEST_MESSAGES, "only {found} messages found");
    let reports = reports();
    let reported = |message: &Message| {
        let mut own = reports.iter().filter_map(Report::own_message);
        own.any(|text| message.matches(text))
    };
    let untested: Vec<Message> = messages.into_iter().filter(|m| !reported(m)).collect();
    assert!(
        untested.is_empty(),
        "write a file under tests/trybuild for each of: {untested:#?}"
    );
}
