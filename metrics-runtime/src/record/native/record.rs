//! Recording into a native series.

use super::arena::{NATIVES, first_cell};
use super::classic::classic_bucket;
use super::generation::FEW;
use super::key::{FINEST, finest_key, finest_key_of_nanos, tag};
use super::series::{ZERO_THRESHOLD, no_cells};
use crate::desc::Unit;
use crate::record::histogram::fixed_cell;
use crate::record::tagged::Cells;
use crate::record::thread::try_observe_tagged;
use crate::record::{Bounds, exemplar};
use metrics_site::Durations;
use std::num::NonZero;

/// Of a value around zero: below all keys.
const NONE: i32 = i32::MIN / 2;

/// As [`observe_nanos`], apart from its many callers. A function of C, so that they need
/// no code for its unwinding, of which there is none.
#[inline(never)]
pub(in crate::record) extern "C" fn observe_nanos_apart(
    bounds: &Durations,
    index: u32,
    nanos: u64,
) {
    observe_nanos(bounds, index, nanos);
}

/// Counts a duration.
#[inline]
pub(in crate::record) fn observe_nanos(bounds: &Durations, index: u32, nanos: u64) {
    let key = NonZero::new(nanos).map_or(NONE, finest_key_of_nanos);
    let add = |sum: u64| sum.wrapping_add(nanos);
    let is_counted = key != NONE && {
        let tag = tag(key, bounds.lower, false);
        try_observe_tagged(first_cells(index), tag, add)
    };
    if !is_counted {
        observe_nanos_slowly(index, nanos);
    }
    if exemplar::is_on() {
        offer(index, Unit::Seconds, key, || Unit::Seconds.value(nanos));
    }
}

/// Counts a value that isn't NaN.
#[inline]
pub(in crate::record) fn observe_value(index: u32, bounds: &Bounds, value: f64) {
    let size = value.abs();
    let key = if size > ZERO_THRESHOLD {
        finest_key(size)
    } else {
        NONE
    };
    let is_negative = value < 0.0;
    let add = |sum| (f64::from_bits(sum) + value).to_bits();
    let is_counted = key != NONE && {
        let tag = tag(key, bounds.durations().lower, is_negative);
        try_observe_tagged(first_cells(index), tag, add)
    };
    if !is_counted {
        observe_value_slowly(index, value);
    }
    if exemplar::is_on() {
        let key = if is_negative { NONE } else { key };
        offer(index, Unit::Value, key, || value);
    }
}

/// The cells that a series has from the start.
#[inline]
fn first_cells(index: u32) -> Cells {
    Cells {
        first: first_cell(index),
        width: FEW,
    }
}

/// Counts a duration whose bucket has no cell yet, or not where it belongs.
#[cold]
#[inline(never)]
extern "C" fn observe_nanos_slowly(index: u32, nanos: u64) {
    if let Some(series) = NATIVES.touch(index) {
        let key = NonZero::new(nanos).map(finest_key_of_nanos);
        series.observe(key, false, |sum| sum.wrapping_add(nanos));
    } else {
        no_cells();
    }
}

/// As [`observe_nanos_slowly`], for a value.
#[cold]
#[inline(never)]
extern "C" fn observe_value_slowly(index: u32, value: f64) {
    if let Some(series) = NATIVES.touch(index) {
        let size = value.abs();
        let key = (size > ZERO_THRESHOLD).then(|| finest_key(size));
        let add = |sum| (f64::from_bits(sum) + value).to_bits();
        series.observe(key, value < 0.0, add);
    } else {
        no_cells();
    }
}

/// Offers a value with this key at the finest schema as the exemplar of the fixed
/// bucket that it lies in: there are few of them, and they are spread.
#[inline]
fn offer(index: u32, unit: Unit, key: i32, value: impl FnOnce() -> f64) {
    let bucket = classic_bucket(unit, FINEST, key);
    exemplar::offer_to(fixed_cell(first_cell(index), bucket), value);
}
