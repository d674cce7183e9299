//! What the page shows before the first call.

use std::convert::Infallible;
use std::io;

use metrics_runtime::{Registry, counted, timed};

use crate::driver::page;

static REGISTRY: Registry = Registry::new();

/// Functions that are never called; only their sites count.
macro_rules! uncalled {
    ($($name:ident($($argument:tt)*) $(-> $returned:ty)?;)*) => {
        $(
            #[expect(dead_code, reason = "it is never called")]
            #[counted(registry = REGISTRY)]
            fn $name($($argument)*) $(-> $returned)? {
                unreachable!()
            }
        )*
    };
}

uncalled! {
    absent();
    absent_with_arguments(_a: u8);
    boolean() -> bool;
    float() -> f64;
    letter() -> char;
    pointer_sized() -> usize;
    result() -> io::Result<()>;
    option() -> Option<u8>;
    text() -> &'static str;
    owned() -> String;
    tuple() -> (u8, u8);
}

#[expect(dead_code, reason = "it is never called")]
#[counted(registry = REGISTRY)]
fn never() -> ! {
    unreachable!()
}

#[expect(dead_code, reason = "it is never called")]
#[counted(registry = REGISTRY)]
async fn later() -> Result<(), Infallible> {
    Ok(())
}

#[expect(dead_code, reason = "it is never called")]
#[counted(registry = REGISTRY)]
async fn later_absent() {}

#[expect(dead_code, reason = "it is never called")]
#[counted(
    registry = REGISTRY,
    name = "labelled_total",
    labels(kind = "plain", module)
)]
fn literally_labelled() {}

// Mutation: a literal is an argument of the site.
#[test]
fn literals_of_labels_are_constant() {
    let labels = [
        ("kind", "plain"),
        ("module", module_path!()),
        ("outcome", "ok"),
    ];
    assert_eq!(page(&REGISTRY).value("labelled_total", &labels), Some(0.0));
}

#[expect(dead_code, reason = "it is never called, for any type")]
#[counted(registry = REGISTRY)]
fn generic<T>() -> Result<T, T> {
    unreachable!()
}

#[expect(dead_code, reason = "it is never called")]
#[counted(registry = REGISTRY)]
fn plain_signed() -> i128 {
    0
}

/// The outcomes that are on the page at zero.
#[track_caller]
fn outcomes(function: &str) -> Vec<&'static str> {
    let page = page(&REGISTRY);
    let shown = |outcome: &&str| {
        let labels = [
            ("function", function),
            ("module", module_path!()),
            ("outcome", *outcome),
        ];
        page.value("function_calls_total", &labels) == Some(0.0)
    };
    ["ok", "error", "panic", "cancelled"]
        .into_iter()
        .filter(shown)
        .collect()
}

#[test]
fn a_function_that_can_fail_is_shown_with_ok_and_error() {
    for function in [
        "result", "option", "text", "owned", "tuple", "later", "generic",
    ] {
        assert_eq!(outcomes(function), ["ok", "error"], "{function}");
    }
}

#[test]
fn a_function_that_cannot_fail_is_shown_with_ok_alone() {
    for function in [
        "absent",
        "absent_with_arguments",
        "boolean",
        "float",
        "letter",
        "pointer_sized",
        "never",
        "later_absent",
        "plain_signed",
    ] {
        assert_eq!(outcomes(function), ["ok"], "{function}");
    }
}

static LABELLED: Registry = Registry::new();

#[expect(dead_code, reason = "it is never called")]
#[counted(name = "labelled_total", help = "Labelled.", labels(kind = kind), registry = LABELLED)]
fn labelled(kind: &str) -> usize {
    kind.len()
}

#[expect(dead_code, reason = "it is never called")]
#[timed(name = "unlabelled_seconds", help = "Not labelled.", registry = LABELLED)]
fn unlabelled() -> Result<(), ()> {
    Ok(())
}

#[test]
fn a_label_that_is_not_constant_has_no_series_before_the_first_call() {
    let page = page(&LABELLED);
    assert_eq!(page.sum("labelled_total", &[]), None);
    let zero = |outcome| page.value("unlabelled_seconds_count", &[("outcome", outcome)]);
    assert_eq!(
        [zero("ok"), zero("error"), zero("panic")],
        [Some(0.0), Some(0.0), None]
    );
}
