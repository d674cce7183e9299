//! Keywords and attributes of a signature.

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async, check_sure, check_sure_async};
use crate::driver::{Calls, End, Failure, VALUE, caught, counted, ready};

static REGISTRY: Registry = Registry::new();

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
    inlined_async(End::Return);
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
