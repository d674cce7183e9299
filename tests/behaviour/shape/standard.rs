//! Methods of the standard library's traits.

use std::fmt;
use std::ops::{Add, AddAssign, Deref, DerefMut, Index, Neg};
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::task::{Context, Poll};

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_sure};
use crate::driver::{Calls, End, Failure, VALUE, caught, counted, ready};

static REGISTRY: Registry = Registry::new();

/// What ends as it is told to.
#[derive(Clone)]
struct Number(End);

impl Add for Number {
    type Output = Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn add(self, other: Self) -> Result<u32, Failure> {
        match other.0 {
            End::Return => self.0.reach(),
            _ => Err(Failure),
        }
    }
}

impl<'a> Add<&'a str> for &Number {
    type Output = &'a str;

    #[timed(registry = REGISTRY)]
    #[counted(name = "added_total", help = "Added texts.", labels(text = other))]
    fn add(self, other: &'a str) -> &'a str {
        other
    }
}

impl AddAssign<u32> for Number {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn add_assign(&mut self, other: u32) {
        if self.0.reach() == Ok(other) {
            self.0 = End::Fail;
        }
    }
}

impl Neg for Number {
    type Output = Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn neg(self) -> Self::Output {
        self.0.reach()
    }
}

#[test]
fn an_operator_is_counted() {
    check(&REGISTRY, "neg", |end| -Number(end));
    let mut watched = Watched::new(&REGISTRY, "add_assign");
    let mut number = Number(End::Return);
    watched.ok(|| number += VALUE);
    assert_eq!(number.0, End::Fail);
    let mut number = Number(End::Panic);
    watched.panics(|| number += VALUE);
    check(&REGISTRY, "add", |end| Number(end) + Number(End::Return));
    assert_eq!(&Number(End::Return) + "text", "text");
}

impl Index<usize> for Number {
    type Output = u32;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn index(&self, index: usize) -> &u32 {
        static VALUES: [u32; 2] = [0, VALUE];
        let _ = self.0.reach();
        &VALUES[index]
    }
}

impl Deref for Number {
    type Target = End;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn deref(&self) -> &End {
        let _ = self.0.reach();
        &self.0
    }
}

impl DerefMut for Number {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn deref_mut(&mut self) -> &mut End {
        let _ = self.0.reach();
        &mut self.0
    }
}

#[test]
fn an_operator_that_gives_a_place_is_counted() {
    check_sure(&REGISTRY, "index", |end| Number(end)[1]);
    check_sure(&REGISTRY, "deref", |end| {
        assert_eq!(*Number(end), End::Return);
        VALUE
    });
    check_sure(&REGISTRY, "deref_mut", |end| {
        let mut number = Number(end);
        *number = End::Fail;
        assert_eq!(number.0, End::Fail);
        VALUE
    });
}

impl FromStr for Number {
    type Err = Failure;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = match text {
            "fail" => End::Fail,
            "panic" => End::Panic,
            _ => End::Return,
        };
        end.reach().map(|_| Self(end))
    }
}

impl fmt::Display for Number {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.reach().map_err(|_| fmt::Error)?;
        write!(f, "{value}")
    }
}

impl From<Number> for u32 {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn from(Number(end): Number) -> Self {
        end.reach().unwrap_or_default()
    }
}

#[test]
fn a_conversion_is_counted() {
    check(&REGISTRY, "from_str", |end| {
        let text = match end {
            End::Fail => "fail",
            End::Panic => "panic",
            _ => "",
        };
        text.parse::<Number>().map(|_| VALUE)
    });
    check(&REGISTRY, "fmt", |end| {
        let mut text = String::new();
        fmt::write(&mut text, format_args!("{}", Number(end))).map_err(|_| Failure)?;
        Ok(text.parse().expect("a number"))
    });
    check_sure(&REGISTRY, "from", |end| Number(end).into());
}

impl Iterator for Number {
    type Item = u32;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn next(&mut self) -> Option<Self::Item> {
        let value = self.0.reach();
        self.0 = End::Fail;
        value.ok()
    }
}

#[test]
fn an_iterator_is_counted_by_its_steps() {
    check_sure(&REGISTRY, "next", |end| Number(end).next().unwrap_or(0));
    assert_eq!(Number(End::Return).collect::<Vec<_>>(), [VALUE]);
    let three = Calls {
        ok: 3.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "next"), three);
}

/// A future that is written by hand.
struct Manual(End, bool);

impl Future for Manual {
    type Output = Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = self.0.reach()?;
        if std::mem::replace(&mut self.1, true) {
            Poll::Ready(Ok(ended))
        } else {
            Poll::Pending
        }
    }
}

#[test]
fn a_future_written_by_hand_is_counted_by_its_polls() {
    let mut watched = Watched::new(&REGISTRY, "poll");
    let mut context = Context::from_waker(std::task::Waker::noop());
    let mut future = pin!(Manual(End::Return, false));
    assert!(
        watched
            .ok(|| future.as_mut().poll(&mut context))
            .is_pending()
    );
    assert!(watched.ok(|| future.as_mut().poll(&mut context)).is_ready());
    watched.panics(|| ready(Manual(End::Panic, false)));
    // A `Poll` is no `Result`, whatever is in it.
    assert_eq!(watched.ok(|| ready(Manual(End::Fail, false))), Err(Failure));
}

struct Dropped(End);

impl Drop for Dropped {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn drop(&mut self) {
        let _ = self.0.reach();
    }
}

#[test]
fn a_destructor_is_counted_also_while_unwinding() {
    check_sure(&REGISTRY, "drop", |end| {
        drop(Dropped(end));
        VALUE
    });
    caught(|| {
        let _dropped = Dropped(End::Return);
        std::panic::panic_any("the owner");
    });
    let calls = Calls {
        ok: 2.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "drop"), calls);
}
