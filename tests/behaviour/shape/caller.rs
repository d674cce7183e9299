//! Functions that track their caller.

use std::panic::Location;
use std::pin::Pin;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check_async};
use crate::driver::{Calls, End, Failure, VALUE, caught, counted};

static REGISTRY: Registry = Registry::new();

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
