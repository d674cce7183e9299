//! Native histograms, bucket by bucket, found by logarithms where the recording
//! core compares fractions.

use super::Observation;
use std::collections::BTreeMap;

/// What is this near to zero is counted there: 2^-128.
const ZERO: f64 = f64::from_bits((1023 - 128) << 52);

/// The binary logarithm of where the bucket around zero reaches to once there are too
/// many others: -20, or what above it is a bound at this schema.
fn widened_to(schema: i32) -> f64 {
    let octaves = per_octave(schema).recip().max(1.0);
    (-20.0 / octaves).ceil() * octaves
}

const COARSEST: i32 = -4;

/// The buckets of a native histogram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Native {
    pub(crate) schema: i32,
    pub(crate) max: usize,
}

/// What a native histogram must be read as.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) zero_count: u64,
    pub(crate) positive: BTreeMap<i32, u64>,
    pub(crate) negative: BTreeMap<i32, u64>,
}

/// How many buckets there are from one power of two to the next.
fn per_octave(schema: i32) -> f64 {
    f64::from(schema).exp2()
}

/// The key of the bucket that holds a number above zero: the least k for which the
/// number isn't above 2^(k / 2^schema). What is infinite has the one behind that
/// of the largest number.
fn key(value: f64, schema: i32) -> i32 {
    let exponent = if value.is_infinite() {
        (1024.0 * per_octave(schema)).ceil() + 1.0
    } else {
        let guess = (value.log2() * per_octave(schema)).ceil();
        let reaches = |key: f64| value <= (key / per_octave(schema)).exp2();
        // The logarithm of what lies on a bound may be rounded past it.
        if reaches(guess - 1.0) {
            guess - 1.0
        } else if reaches(guess) {
            guess
        } else {
            guess + 1.0
        }
    };
    #[expect(clippy::cast_possible_truncation, reason = "a key has 20 bits")]
    let key = exponent as i32;
    key
}

impl Native {
    /// The binary logarithm of the number that an observation counts as in the
    /// fixed buckets of other formats: the upper bound of its bucket.
    pub(super) fn upper(self, value: f64) -> f64 {
        if value <= ZERO {
            f64::NEG_INFINITY
        } else {
            f64::from(key(value, self.schema)) / per_octave(self.schema)
        }
    }

    /// The fixed bounds: powers of four from 4^-5 to 4^15.
    pub(super) fn bounds() -> Vec<f64> {
        (-5..=15).map(|power| 4f64.powi(power)).collect()
    }

    pub(crate) fn read(self, observed: &[Observation]) -> Reading {
        let schemas = (COARSEST..=self.schema).rev();
        let plain = self.at(self.schema, false, observed);
        if plain.len() <= self.max {
            return plain;
        }
        let mut widened = schemas.map(|schema| self.at(schema, true, observed));
        let fitting = widened.find(|it| it.len() <= self.max || it.schema == COARSEST);
        fitting.expect("the coarsest schema is the last")
    }

    fn at(self, schema: i32, widened: bool, observed: &[Observation]) -> Reading {
        let near_zero = |size: f64| {
            let bound = f64::from(key(size, self.schema)) / per_octave(self.schema);
            // A bucket goes there as a whole.
            widened && bound <= widened_to(schema)
        };
        let mut reading = Reading {
            schema,
            zero_threshold: if widened {
                widened_to(schema).exp2()
            } else {
                ZERO
            },
            zero_count: 0,
            positive: BTreeMap::new(),
            negative: BTreeMap::new(),
        };
        for Observation { value, .. } in observed {
            let size = value.abs();
            let count = if size <= ZERO || near_zero(size) {
                &mut reading.zero_count
            } else if *value > 0.0 {
                reading.positive.entry(key(size, schema)).or_default()
            } else {
                reading.negative.entry(key(size, schema)).or_default()
            };
            *count += 1;
        }
        reading
    }
}

impl Reading {
    fn len(&self) -> usize {
        self.positive.len() + self.negative.len()
    }

    /// Lower and upper bounds of all buckets that hold something, and how much, as
    /// Prometheus has them: what the one around zero covers is no other's.
    pub(crate) fn bounds(&self) -> Vec<(f64, f64, u64)> {
        let bound = |key: i32| {
            let exponent = f64::from(key) / per_octave(self.schema);
            // Prometheus lets the last bucket end with the largest number, and
            // what is infinite lies behind it.
            if exponent.total_cmp(&1024.0).is_eq() {
                f64::MAX
            } else {
                exponent.exp2()
            }
        };
        let above = |key| bound(key).max(self.zero_threshold);
        let negative = self.negative.iter().rev();
        let negative = negative.map(|(&key, &count)| (-bound(key), -above(key - 1), count));
        let zero = (-self.zero_threshold, self.zero_threshold, self.zero_count);
        let zero = Some(zero).filter(|(.., count)| *count > 0);
        let positive = self.positive.iter();
        let positive = positive.map(|(&key, &count)| (above(key - 1), bound(key), count));
        negative.chain(zero).chain(positive).collect()
    }
}
