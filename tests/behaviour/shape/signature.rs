//! Keywords, attributes and arguments of a signature.

use std::panic::Location;

use metrics_runtime::{Registry, counted};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, caught, check, check_async, counted,
};

static REGISTRY: Registry = Registry::new();

struct Point {
    x: u32,
    y: u32,
}

#[counted(registry = REGISTRY)]
fn destructured(
    Point { x, y }: Point,
    (a, [b, ..]): (u32, [u32; 3]),
    _: &str,
    end: End,
) -> Result<u32, Failure> {
    end.reach().map(|_| x + y + a + b)
}

#[counted(registry = REGISTRY)]
async fn destructured_async(
    Point { x, y }: Point,
    (a, [b, ..]): (u32, [u32; 3]),
    _: &str,
    end: End,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach().map(|_| x + y + a + b)
}

#[test]
fn arguments_may_be_destructured() {
    let pair = (3, [3, 0, 0]);
    check(&REGISTRY, "destructured", |end| {
        destructured(Point { x: 1, y: 0 }, pair, "", end)
    });
    check_async(&REGISTRY, "destructured_async", |end| {
        destructured_async(Point { x: 0, y: 1 }, pair, "", end)
    });
}

#[counted(registry = REGISTRY)]
fn mutable(mut values: Vec<u32>, mut sum: u32, end: End) -> Result<u32, Failure> {
    end.reach()?;
    while let Some(value) = values.pop() {
        sum += value;
    }
    Ok(sum)
}

#[counted(registry = REGISTRY)]
async fn mutable_async(mut values: Vec<u32>, end: End) -> Result<u32, Failure> {
    values.push(4);
    end.wait().await;
    end.reach()?;
    Ok(values.into_iter().sum())
}

#[test]
fn arguments_may_be_mutable() {
    check(&REGISTRY, "mutable", |end| mutable(vec![3, 3], 1, end));
    check_async(&REGISTRY, "mutable_async", |end| {
        mutable_async(vec![3], end)
    });
}

#[counted(registry = REGISTRY)]
fn conditional(#[cfg(not(test))] absent: Nothing, #[cfg(test)] end: End) -> Result<u32, Failure> {
    end.reach()
}

#[counted(registry = REGISTRY)]
async fn conditional_async(
    #[cfg(not(test))] absent: Nothing,
    #[cfg(test)] end: End,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn arguments_may_be_configured_away() {
    check(&REGISTRY, "conditional", conditional);
    check_async(&REGISTRY, "conditional_async", conditional_async);
}

#[counted(registry = REGISTRY)]
fn r#match(r#type: End) -> Result<u32, Failure> {
    r#type.reach()
}

#[counted(registry = REGISTRY)]
async fn r#loop(r#fn: End) -> Result<u32, Failure> {
    r#fn.wait().await;
    r#fn.reach()
}

#[test]
fn a_raw_identifier_is_labelled_by_its_word() {
    check(&REGISTRY, "match", r#match);
    check_async(&REGISTRY, "loop", r#loop);
}

/// Reads a number.
///
/// # Safety
///
/// `number` must point to one.
#[expect(unsafe_code, reason = "an unsafe function may be annotated")]
#[counted(registry = REGISTRY)]
unsafe fn dangerous(number: *const u32, end: End) -> Result<u32, Failure> {
    end.reach()?;
    // SAFETY: the caller says so.
    Ok(unsafe { *number })
}

/// As [`dangerous`], later.
///
/// # Safety
///
/// `number` must point to one as long as the future lives.
#[expect(unsafe_code, reason = "an unsafe function may be annotated")]
#[counted(registry = REGISTRY)]
async unsafe fn dangerous_async(number: *const u32, end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()?;
    // SAFETY: the caller says so.
    Ok(unsafe { *number })
}

#[expect(unsafe_code, reason = "it calls an unsafe function")]
#[test]
fn an_unsafe_function_stays_one_and_is_counted() {
    // SAFETY: the reference to a constant is valid for ever.
    let call = |end| unsafe { dangerous(&raw const SEVEN, end) };
    check(&REGISTRY, "dangerous", call);
    // SAFETY: as above.
    let call = |end| unsafe { dangerous_async(&raw const SEVEN, end) };
    check_async(&REGISTRY, "dangerous_async", call);
}

static SEVEN: u32 = VALUE;

#[counted(registry = REGISTRY)]
extern "C" fn foreign(a: u32, b: u32) -> u32 {
    a + b
}

#[expect(
    improper_ctypes_definitions,
    reason = "it is called from here only, with all ends"
)]
#[counted(registry = REGISTRY)]
extern "C-unwind" fn foreign_unwinding(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn a_function_with_a_foreign_abi_keeps_it_and_is_counted() {
    let pointer: extern "C" fn(u32, u32) -> u32 = foreign;
    assert_eq!(pointer(3, 4), 7);
    assert_eq!(counted(&REGISTRY, "foreign"), Calls::OK);
    check(&REGISTRY, "foreign_unwinding", |end| foreign_unwinding(end));
}

#[counted(registry = REGISTRY)]
fn diverging(end: End) -> ! {
    let reached = end.reach();
    std::panic::panic_any(reached);
}

#[test]
fn a_function_that_never_returns_counts_its_panics() {
    assert_panics(|| diverging(End::Panic));
    let (payload, _) = caught(|| diverging(End::Return));
    assert_eq!(payload.downcast_ref(), Some(&Ok::<_, Failure>(VALUE)));
    let calls = Calls {
        panic: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "diverging"), calls);
}

#[counted(registry = REGISTRY)]
async fn diverging_async(end: End) -> ! {
    end.wait().await;
    let reached = end.reach();
    std::panic::panic_any(reached);
}

#[test]
fn an_async_function_that_never_returns_counts_panics_and_cancellation() {
    drop(diverging_async(End::Return));
    assert_panics(|| crate::driver::ready(diverging_async(End::Panic)));
    crate::driver::cancel(diverging_async(End::Wait));
    let calls = Calls {
        panic: 1.0,
        cancelled: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "diverging_async"), calls);
}

#[must_use]
#[counted(registry = REGISTRY)]
fn precious_below(end: End) -> u32 {
    end.reach().unwrap_or_default()
}

#[counted(registry = REGISTRY)]
#[must_use]
fn precious_above(end: End) -> u32 {
    end.reach().unwrap_or_default()
}

#[expect(unused_must_use, reason = "the attribute must still do its work")]
#[test]
fn a_function_that_must_be_used_says_so() {
    precious_below(End::Return);
    precious_above(End::Return);
    assert_panics(|| precious_above(End::Panic));
    assert_eq!(counted(&REGISTRY, "precious_below"), Calls::OK);
    let calls = Calls {
        panic: 1.0,
        ..Calls::OK
    };
    assert_eq!(counted(&REGISTRY, "precious_above"), calls);
}

#[track_caller]
#[counted(registry = REGISTRY)]
fn tracked_above(end: End) -> Result<&'static Location<'static>, Failure> {
    end.reach()?;
    Ok(Location::caller())
}

#[counted(registry = REGISTRY)]
#[track_caller]
fn tracked_below(end: End) -> Result<&'static Location<'static>, Failure> {
    end.reach()?;
    Ok(Location::caller())
}

#[test]
fn a_function_that_tracks_its_caller_sees_it() {
    let here = Location::caller();
    let line = line!();
    let above = tracked_above(End::Return).expect("it went well");
    let below = tracked_below(End::Return).expect("it went well");
    assert_eq!((above.file(), above.line()), (file!(), line + 1));
    assert_eq!((below.file(), below.line()), (here.file(), line + 2));
}

#[counted(registry = REGISTRY)]
#[track_caller]
fn tracked_ends(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn a_function_that_tracks_its_caller_tells_panics_but_not_errors() {
    assert_eq!(tracked_ends(End::Return), Ok(VALUE));
    assert_eq!(tracked_ends(End::Fail), Err(Failure));
    let line = line!() + 1;
    let (_, origin) = caught(|| tracked_ends(End::Panic));
    assert_eq!((origin.file.as_str(), origin.line), (file!(), line));
    let calls = Calls {
        ok: 2.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "tracked_ends"), calls);
}
