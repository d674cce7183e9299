//! What a scrape reads of a native series.

use super::Shape;
use super::classic::classic_bucket;
use super::generation::{Counts, Generation};
use super::key::{COARSEST, FINEST, PER_OCTAVE, lowered};
use super::series::{Series, ZERO_THRESHOLD};
use crate::record::slab::Table;

/// The binary logarithm of what the bucket around zero reaches to once there are
/// too many buckets: the power of two below a millionth, or above it where that is no
/// bound.
const fn widened(schema: i32) -> i32 {
    if schema < -2 { -16 } else { -20 }
}

/// A native histogram, as the formats that know it have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NativeReading {
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) zero_count: u64,
    /// Keys and counts of the buckets that aren't empty, by key.
    pub(crate) positive: Vec<(i32, u64)>,
    /// Those of values below zero.
    pub(crate) negative: Vec<(i32, u64)>,
    pub(crate) sum: f64,
    /// All observations.
    pub(crate) count: u64,
}

/// A bucket that isn't empty, of one generation in one slab.
#[derive(Clone, Copy)]
struct Bucket {
    schema: i32,
    key: i32,
    negative: bool,
    count: u64,
}

impl Bucket {
    /// Whether it lies within the bucket around zero, widened for this schema.
    fn is_near_zero(self, schema: i32) -> bool {
        self.key << (FINEST - self.schema) <= widened(schema) * PER_OCTAVE
    }
}

fn counts<'a>(
    series: Option<&'a Series>,
    shape: Shape,
    tables: &[&'static Table],
) -> Vec<(i32, Counts<'a>)> {
    let generations = series.into_iter().flat_map(Series::generations);
    let read =
        |generation: &'a Generation| (generation.schema, generation.read(tables, shape.unit));
    generations.map(read).collect()
}

/// Reads a series; none is one that was never recorded into.
///
/// What is read depends on counts alone that never decrease. So the schema never
/// rises, and the bucket around zero never narrows.
pub(crate) fn read(
    series: Option<&Series>,
    shape: Shape,
    tables: &[&'static Table],
) -> NativeReading {
    let mut sum = 0;
    let mut zero_count = 0;
    let mut schema = shape.schema;
    let mut buckets = Vec::new();
    for (lowest, counts) in counts(series, shape, tables) {
        sum = shape.unit.add(sum, counts.sum());
        zero_count += counts.zero();
        schema = lowest;
        buckets.extend(counts.buckets().map(|(key, negative, count)| Bucket {
            schema: lowest,
            key,
            negative,
            count,
        }));
    }
    let max = shape.max as usize;
    let count = zero_count + buckets.iter().map(|bucket| bucket.count).sum::<u64>();
    let [mut positive, mut negative] = merged(&buckets, schema);
    let mut zero_threshold = ZERO_THRESHOLD;
    // A series that has lowered its schema by itself had too many before.
    if schema < shape.schema || positive.len() + negative.len() > max {
        loop {
            zero_threshold = f64::from(widened(schema)).exp2();
            buckets.retain(|bucket| {
                let is_near = bucket.is_near_zero(schema);
                zero_count += if is_near { bucket.count } else { 0 };
                !is_near
            });
            [positive, negative] = merged(&buckets, schema);
            if positive.len() + negative.len() <= max || schema == COARSEST {
                break;
            }
            schema -= 1;
        }
    }
    NativeReading {
        schema,
        zero_threshold,
        zero_count,
        positive,
        negative,
        sum: shape.unit.value(sum),
        count,
    }
}

/// The buckets at one schema, which isn't above that of any: those above zero and
/// those below, by key.
fn merged(buckets: &[Bucket], schema: i32) -> [Vec<(i32, u64)>; 2] {
    [false, true].map(|negative| {
        let wanted = buckets.iter().filter(|bucket| bucket.negative == negative);
        let lowered = wanted.map(|bucket| {
            let key = lowered(bucket.key, bucket.schema - schema);
            (key, bucket.count)
        });
        let mut all: Vec<(i32, u64)> = lowered.collect();
        all.sort_unstable();
        all.dedup_by(|(key, count), (kept, total)| {
            let same = key == kept;
            if same {
                *total += *count;
            }
            same
        });
        all
    })
}

/// Adds a series to the fixed buckets of the formats that know no others, of which
/// each counts its own observations, and returns its sum.
pub(crate) fn classic(
    series: Option<&Series>,
    shape: Shape,
    tables: &[&'static Table],
    buckets: &mut [u64],
) -> f64 {
    let mut sum = 0;
    let mut add = |bucket: u32, count| {
        if let Some(bucket) = buckets.get_mut(bucket as usize) {
            *bucket += count;
        }
    };
    for (schema, counts) in counts(series, shape, tables) {
        sum = shape.unit.add(sum, counts.sum());
        add(0, counts.zero());
        for (key, negative, count) in counts.buckets() {
            let bucket = if negative {
                0
            } else {
                classic_bucket(shape.unit, schema, key)
            };
            add(bucket, count);
        }
    }
    shape.unit.value(sum)
}
