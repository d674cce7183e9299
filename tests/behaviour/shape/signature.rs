//! Keywords, attributes and arguments of a signature.

use std::panic::Location;
use std::pin::Pin;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async, check_sure, check_sure_async};
use crate::driver::{Calls, End, Failure, VALUE, caught, counted, ready};

static REGISTRY: Registry = Registry::new();

struct Point {
    x: u32,
    y: u32,
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn destructured(
    Point { x, y }: Point,
    (a, [b, ..]): (u32, [u32; 3]),
    _: &str,
    end: End,
) -> Result<u32, Failure> {
    end.reach().map(|_| x + y + a + b)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn mutable(mut values: Vec<u32>, mut sum: u32, end: End) -> Result<u32, Failure> {
    end.reach()?;
    while let Some(value) = values.pop() {
        sum += value;
    }
    Ok(sum)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn conditional(#[cfg(not(test))] absent: Nothing, #[cfg(test)] end: End) -> Result<u32, Failure> {
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn r#match(r#type: End) -> Result<u32, Failure> {
    r#type.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
extern "C" fn foreign(a: u32, b: u32) -> u32 {
    a + b
}

#[expect(
    improper_ctypes_definitions,
    reason = "it is called from here only, with all ends"
)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn diverging(end: End) -> ! {
    let reached = end.reach();
    std::panic::panic_any(reached);
}

#[test]
fn a_function_that_never_returns_counts_its_panics() {
    let mut watched = Watched::new(&REGISTRY, "diverging");
    watched.panics(|| diverging(End::Panic));
    let (payload, _) = caught(|| diverging(End::Return));
    assert_eq!(payload.downcast_ref(), Some(&Ok::<_, Failure>(VALUE)));
    let calls = Calls {
        panic: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "diverging"), calls);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn diverging_async(end: End) -> ! {
    end.wait().await;
    let reached = end.reach();
    std::panic::panic_any(reached);
}

#[test]
fn an_async_function_that_never_returns_counts_panics_and_cancellation() {
    let mut watched = Watched::new(&REGISTRY, "diverging_async");
    watched.forgotten(diverging_async(End::Return));
    watched.panics(|| ready(diverging_async(End::Panic)));
    watched.cancelled(diverging_async(End::Wait));
}

#[must_use]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn precious_below(end: End) -> u32 {
    end.reach().unwrap_or_default()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[must_use]
fn precious_above(end: End) -> u32 {
    end.reach().unwrap_or_default()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[must_use = "it is precious"]
async fn precious_async(end: End) -> u32 {
    end.wait().await;
    end.reach().unwrap_or_default()
}

#[expect(unused_must_use, reason = "the attribute must still do its work")]
#[test]
fn a_function_that_must_be_used_says_so() {
    let mut watched = Watched::new(&REGISTRY, "precious_below");
    watched.ok(|| {
        precious_below(End::Return);
    });
    watched.panics(|| precious_below(End::Panic));
    check_sure(&REGISTRY, "precious_above", precious_above);
    precious_above(End::Return);
    check_sure_async(&REGISTRY, "precious_async", precious_async);
    precious_async(End::Return);
}

#[expect(unused_must_use, reason = "a future must be used whatever makes it")]
#[test]
fn a_call_that_nobody_awaits_says_so() {
    destructured_async(Point { x: 0, y: 1 }, (0, [0; 3]), "", End::Return);
}

#[track_caller]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn tracked_above(end: End) -> Result<&'static Location<'static>, Failure> {
    end.reach()?;
    Ok(Location::caller())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[cfg_attr(all(), track_caller)]
fn tracked_if(end: End) -> Result<&'static Location<'static>, Failure> {
    end.reach()?;
    Ok(Location::caller())
}

#[test]
fn a_function_that_tracks_its_caller_on_a_condition_sees_it() {
    let line = line!();
    let location = tracked_if(End::Return).expect("it went well");
    assert_eq!((location.file(), location.line()), (file!(), line + 1));
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[track_caller]
fn tracked_ends(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn a_function_that_tracks_its_caller_tells_panics_but_not_errors() {
    let mut watched = Watched::new(&REGISTRY, "tracked_ends");
    assert_eq!(watched.ok(|| tracked_ends(End::Return)), Ok(VALUE));
    assert_eq!(watched.ok(|| tracked_ends(End::Fail)), Err(Failure));
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[track_caller]
fn tracked_future(end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>>>> {
    let caller = Location::caller();
    Box::pin(async move {
        end.wait().await;
        let value = end.reach()?;
        assert_eq!(caller.file(), file!());
        Ok(value + caller.line() - caller.line())
    })
}

// As `async_trait` leaves a method that tracks its caller.
#[test]
fn a_boxed_future_of_a_function_that_tracks_its_caller_is_counted_by_its_end() {
    check_async(&REGISTRY, "tracked_future", |end| tracked_future(end));
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[inline]
fn inlined(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[expect(clippy::inline_always, reason = "it may be asked for")]
#[inline(always)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn inlined_async(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[cold]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[inline(never)]
fn cold(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn a_function_may_be_inlined_or_cold() {
    check(&REGISTRY, "inlined", inlined);
    check_async(&REGISTRY, "inlined_async", inlined_async);
    check(&REGISTRY, "cold", cold);
}

#[deprecated]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn deprecated_above(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[deprecated(note = "it is old")]
async fn deprecated_below(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[expect(deprecated, reason = "the attribute must still do its work")]
#[test]
fn a_deprecated_function_says_so() {
    check(&REGISTRY, "deprecated_above", deprecated_above);
    check_async(&REGISTRY, "deprecated_below", deprecated_below);
}

/// It is documented.
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[doc(hidden)]
#[doc = "More of it."]
#[doc(alias = "secret")]
#[allow(clippy::unnecessary_wraps, reason = "as other functions")]
pub(in crate::shape) fn hidden(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn a_hidden_and_documented_function_is_counted() {
    check(&REGISTRY, "hidden", hidden);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn attributed(
    #[expect(unused_variables, reason = "the attribute must still do its work")] unused: u32,
    #[allow(unused_mut, reason = "as above")] mut end: End,
    #[cfg_attr(all(), allow(unused_variables))] also: u32,
) -> Result<u32, Failure> {
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn attributed_async(
    #[expect(unused_variables, reason = "the attribute must still do its work")] unused: u32,
    #[allow(unused_mut, reason = "as above")] mut end: End,
    #[cfg_attr(all(), allow(unused_variables))] also: u32,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn arguments_may_have_attributes() {
    check(&REGISTRY, "attributed", |end| attributed(0, end, 0));
    check_async(&REGISTRY, "attributed_async", |end| {
        attributed_async(0, end, 0)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn bound(
    whole @ Point { x, .. }: &Point,
    &(a, ref b): &(u32, String),
    [first, .., last]: [u32; 4],
    _: u8,
    _: u8,
    (mut sum, _): (u32, u8),
    end: End,
) -> Result<u32, Failure> {
    sum += x + whole.y + a + first + last;
    end.reach()?;
    Ok(sum + u32::try_from(b.len()).unwrap_or_default())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn bound_async(
    whole @ Point { x, .. }: &Point,
    &(a, ref b): &(u32, String),
    [first, .., last]: [u32; 4],
    _: u8,
    _: u8,
    (mut sum, _): (u32, u8),
    end: End,
) -> Result<u32, Failure> {
    sum += x + whole.y + a + first + last;
    end.wait().await;
    end.reach()?;
    Ok(sum + u32::try_from(b.len()).unwrap_or_default())
}

#[test]
fn arguments_may_be_bound_in_any_way() {
    let (point, pair) = (Point { x: 1, y: 1 }, (1, "a".to_owned()));
    let four = [1, 0, 0, 1];
    check(&REGISTRY, "bound", |end| {
        bound(&point, &pair, four, 0, 0, (1, 0), end)
    });
    check_async(&REGISTRY, "bound_async", |end| {
        bound_async(&point, &pair, four, 0, 0, (1, 0), end)
    });
}

/// Reads a number.
///
/// # Safety
///
/// `number` must point to one.
#[expect(unsafe_code, reason = "a function of C may be annotated")]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn behaviour_shape_exported(
    number: *const u32,
    end: u8,
) -> u32 {
    let end = if end == 0 { End::Return } else { End::Panic };
    // SAFETY: the caller says so.
    end.reach().map_or(0, |_| unsafe { *number })
}

#[expect(unsafe_code, reason = "it calls an unsafe function")]
#[test]
fn an_exported_function_is_found_by_the_linker_and_counted() {
    unsafe extern "C-unwind" {
        #[link_name = "behaviour_shape_exported"]
        fn linked(number: *const u32, end: u8) -> u32;
    }
    check_sure(&REGISTRY, "behaviour_shape_exported", |end| {
        // SAFETY: the reference to a constant is valid for ever.
        unsafe { linked(&raw const SEVEN, u8::from(end == End::Panic)) }
    });
}

#[expect(
    clippy::unused_unit,
    reason = "that it is written out is what is tested"
)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn in_the_unit(end: End) -> () {
    let _ = end.reach();
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn in_the_unit_async(end: End) {
    end.wait().await;
    let _ = end.reach();
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn empty_async() {}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn empty() {}

#[test]
fn a_function_that_returns_nothing_is_counted() {
    check_sure(&REGISTRY, "in_the_unit", |end| {
        in_the_unit(end);
        VALUE
    });
    check_sure_async(&REGISTRY, "in_the_unit_async", |end| async move {
        in_the_unit_async(end).await;
        VALUE
    });
    empty();
    ready(empty_async());
    assert_eq!(counted(&REGISTRY, "empty"), Calls::OK);
    assert_eq!(counted(&REGISTRY, "empty_async"), Calls::OK);
}
