//! Bodies that nothing leaves early, of functions that are given nothing to drop: no
//! closure stands around them.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what is borrowed needs no drop"
)]

use std::cell::RefCell;
use std::panic::panic_any;

use metrics_runtime::{Outcome, Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_sure};
use crate::driver::{Calls, End, Failure, VALUE, assert_panics, counted};

static REGISTRY: Registry = Registry::new();

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn one_expression(end: &End) -> Result<u32, Failure> {
    (*end).reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn branching(end: &End, value: u32) -> Result<u32, Failure> {
    if value == 0 {
        let ended = (*end).reach();
        ended.map(|ended| ended + value)
    } else {
        branching(end, value - 1)
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn breaking(end: &End) -> Result<u32, Failure> {
    let mut rounds = 0;
    'outer: loop {
        while rounds < 3 {
            rounds += 1;
            if rounds == 2 {
                break 'outer (*end).reach();
            }
        }
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn endless(end: &End) -> u32 {
    loop {
        if (*end).reach().is_ok() {
            panic_any("a loop without an end is left by a panic alone");
        }
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn diverging(end: &End) -> u32 {
    let _ = (*end).reach();
    std::panic::resume_unwind(Box::new("diverges"))
}

#[test]
fn a_body_that_nothing_leaves_early_ends_in_every_way() {
    check(&REGISTRY, "one_expression", |end| one_expression(&end));
    check(&REGISTRY, "breaking", |end| breaking(&end));
    check(&REGISTRY, "branching", |end| branching(&end, 0));
    assert_eq!(branching(&End::Fail, 2), Err(Failure));
    let calls = Calls {
        error: 4.0,
        ..Calls::EACH
    };
    assert_eq!(counted(&REGISTRY, "branching"), calls);
}

#[test]
fn a_body_that_diverges_ends_by_its_panic() {
    assert_panics(|| endless(&End::Panic));
    assert_panics(|| diverging(&End::Panic));
    let calls = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "endless"), calls);
    assert_eq!(counted(&REGISTRY, "diverging"), calls);
}

/// A row that is written to.
#[derive(Default)]
struct Row {
    writes: u32,
}

impl Row {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn last(&mut self, end: &End) -> &mut u32 {
        self.writes += u32::from((*end).reach().is_ok());
        &mut self.writes
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn write(&mut self, end: &End, mut value: u32) {
        value += (*end).reach().unwrap_or(0);
        self.writes += value;
    }
}

#[test]
fn a_body_without_a_closure_may_write_and_lend() {
    let mut row = Row::default();
    check_sure(&REGISTRY, "last", |end| {
        let mut row = Row::default();
        *row.last(&end) += 1;
        assert_eq!(row.writes, 2);
        VALUE
    });
    let mut watched = Watched::new(&REGISTRY, "write");
    watched.ok(|| row.write(&End::Return, 1));
    assert_eq!(row.writes, VALUE + 1);
    watched.panics(|| row.write(&End::Panic, 1));
    assert_eq!(row.writes, VALUE + 1);
}

macro_rules! bail {
    ($end:expr) => {
        return $end
    };
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn leaving_by_a_macro(end: &End) -> Result<u32, Failure> {
    if *end != End::Wait {
        bail!(end.reach());
    }
    Ok(0)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn leaving_within_a_macro(end: &End) -> Result<u32, Failure> {
    let ended = [vec![(*end).reach()?]];
    Ok(ended[0][0])
}

#[test]
fn a_macro_may_leave_a_body_early() {
    check(&REGISTRY, "leaving_by_a_macro", |end| {
        leaving_by_a_macro(&end)
    });
    check(&REGISTRY, "leaving_within_a_macro", |end| {
        leaving_within_a_macro(&end)
    });
}

#[counted(registry = REGISTRY)]
fn nothing() {}

#[counted(registry = REGISTRY)]
fn literal() -> u32 {
    7
}

#[counted(registry = REGISTRY)]
fn named() -> u32 {
    VALUE
}

#[test]
fn a_body_may_be_trivial() {
    nothing();
    assert_eq!(literal(), 7);
    assert_eq!(named(), VALUE);
    for function in ["nothing", "literal", "named"] {
        assert_eq!(counted(&REGISTRY, function), Calls::OK, "{function}");
    }
}

#[counted(registry = REGISTRY)]
fn pointing() -> *const u32 {
    let cell = RefCell::new(VALUE);
    &raw const *cell.borrow()
}

#[counted(registry = REGISTRY, outcome = |_| if left == 0 { Outcome::Error } else { Outcome::Ok })]
fn counting_down(mut left: u32) -> u32 {
    let mut rounds = 0;
    while left > 0 {
        left -= 1;
        rounds += 1;
    }
    rounds
}

// Mutations: the value is bound by a `let`, which prolongs the borrow beyond what is
// borrowed; the body stands in place where the outcome is the user's to say.
#[test]
fn a_body_without_a_closure_leaves_nothing_behind() {
    assert!(!pointing().is_null());
    assert_eq!(counted(&REGISTRY, "pointing"), Calls::OK);
    assert_eq!(counting_down(3), 3);
    assert_eq!(counted(&REGISTRY, "counting_down"), Calls::OK);
}
