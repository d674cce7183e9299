mod key_of;
mod limit;
mod page;
mod recording;

use super::NativeReading;
use super::key::{FINEST, finest_key, lowered};
use crate::record::scan::Scan;
use crate::{Histogram, NativeBuckets, Registry};

fn histogram(factor: f64, max: u32) -> Histogram {
    let buckets = NativeBuckets::new(factor, max).expect("they are valid");
    let registry = Registry::new();
    registry
        .native_histogram("a", "A.", buckets)
        .expect("it is valid")
}

fn read(histogram: &Histogram) -> NativeReading {
    let mut scan = Scan::new();
    scan.refresh();
    scan.native(histogram.cell).expect("it is native")
}

/// The upper bound of a bucket.
fn bound(schema: i32, key: i32) -> f64 {
    (f64::from(key) * f64::from(-schema).exp2()).exp2()
}

fn key(schema: i32, value: f64) -> i32 {
    lowered(finest_key(value), FINEST - schema)
}

/// Numbers that look random, from a linear congruence.
fn numbers() -> impl Iterator<Item = u64> {
    let next = |state: &u64| Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1));
    std::iter::successors(Some(42), next).map(|state| state >> 12 ^ state << 40)
}

/// The counts of all buckets, that around zero included.
fn counted(reading: &NativeReading) -> u64 {
    let buckets = reading.positive.iter().chain(&reading.negative);
    reading.zero_count + buckets.map(|(_, count)| count).sum::<u64>()
}
