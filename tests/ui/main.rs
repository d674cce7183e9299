//! What the compiler says about mistakes in attributes: one mistake per file of
//! `trybuild/`, one folder per theme.

mod message;
mod plain;
mod report;

use message::{Message, messages};
use plain::{blessed_error, errors_without_attribute};
use report::{Report, reports};
use std::path::Path;

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
        // Where an attribute may not stand yet, the compiler says so, and then
        // expands it.
        let unstable = starts("error[E0658]");
        let others = starts("error") - unstable;
        assert_eq!(others.max(unstable.min(1)), 1, "{path}\n{text}");
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

/// Errors in a body that are told elsewhere than without the attribute.
const ELSEWHERE: [&str; 5] = [
    // At the borrow; not at the value that it is returned in.
    "borrowed_local_in_fn",
    // At the return type, where the value is returned; not at the tail.
    "short_lifetime_in_async_fn",
    // At the value itself; not at the box or the return type around it.
    "return_in_boxed_future",
    "tail_of_boxed_future",
    "tail_of_opaque_future",
];

/// Fewer errors than this means that they weren't found.
const FEWEST_ERRORS_IN_BODIES: usize = 30;

#[test]
fn an_error_in_a_body_is_told_where_it_is_without_the_attribute() {
    let mut compared = 0;
    for report in reports() {
        let path = Path::new(&report.path);
        let name = path.file_stem().unwrap_or_default();
        let source = report.source.as_deref().unwrap_or_default();
        if !path
            .parent()
            .is_some_and(|theme| theme.ends_with("type-error"))
            || !source.contains("#[timed]\n")
        {
            continue;
        }
        let plain = errors_without_attribute(source);
        assert!(!plain.is_empty(), "{} compiles without us", report.path);
        let same = plain == [blessed_error(&report)];
        let elsewhere = ELSEWHERE.iter().any(|other| name == *other);
        assert_ne!(same, elsewhere, "{}: {plain:?}", report.path);
        compared += 1;
    }
    assert!(compared >= FEWEST_ERRORS_IN_BODIES, "only {compared} found");
}
