//! Upper bounds of buckets, and the search for the bucket of a value.

use super::native::{Shape, classic_bounds};
use super::slab::BEFORE_BUCKETS;
use metrics_site::{Durations, Octave};
use std::sync::{Mutex, PoisonError};

/// Bounds of a histogram, as doubles and as whole nanoseconds.
#[derive(Debug)]
pub(crate) struct Bounds {
    values: &'static [f64],
    durations: Durations,
    /// Of a native histogram, whose buckets are others.
    shape: Option<Shape>,
}

/// No bounds among durations, and by how much the schema of a native histogram is below
/// the finest one.
const fn no_durations(lower: i32) -> Durations {
    let octave = Octave {
        bound: u64::MAX,
        offset: BEFORE_BUCKETS,
    };
    Durations {
        shortest: u64::MAX,
        octaves: [octave; 64],
        nanos: &[],
        lower,
    }
}

/// Seconds as whole nanoseconds; what lies outside of `u64` is clamped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps to the range of the integer, which is what is wanted"
)]
pub(crate) fn nanos_of(seconds: f64) -> u64 {
    (seconds * 1e9).round() as u64
}

impl Bounds {
    /// No bounds, one bucket: for what records nowhere.
    pub(crate) const NONE: &'static Self = &Self {
        values: &[],
        durations: no_durations(0),
        shape: None,
    };

    /// The bounds with these values. Equal lists are kept once for the whole
    /// process, so that a handle can point to them: programs have few lists.
    pub(crate) fn intern(values: &[f64]) -> &'static Self {
        static LISTS: Mutex<Vec<&'static Bounds>> = Mutex::new(Vec::new());
        let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bounds) = lists.iter().find(|bounds| bounds.values == values) {
            return bounds;
        }
        let nanos: Vec<u64> = values.iter().map(|&bound| nanos_of(bound)).collect();
        let octaves = std::array::from_fn(|power| {
            // Zero has no highest bit and is looked up as one.
            let least = if power == 0 { 0 } else { 1 << power };
            let bucket = nanos.partition_point(|&bound| bound < least);
            Octave {
                bound: nanos.get(bucket).copied().unwrap_or(u64::MAX),
                offset: BEFORE_BUCKETS + index(bucket),
            }
        });
        let bounds = Box::leak(Box::new(Self {
            values: values.to_vec().leak(),
            durations: Durations {
                shortest: nanos.first().copied().unwrap_or(u64::MAX),
                octaves,
                nanos: nanos.leak(),
                lower: 0,
            },
            shape: None,
        }));
        lists.push(bounds);
        bounds
    }

    /// The bounds of native histograms of this shape on pages that know none,
    /// kept once like the others. A search among them ends at once.
    pub(crate) fn native(shape: Shape) -> &'static Self {
        static SHAPES: Mutex<Vec<&'static Bounds>> = Mutex::new(Vec::new());
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = shapes.iter();
        if let Some(bounds) = known.find(|bounds| bounds.shape == Some(shape)) {
            return bounds;
        }
        let bounds = Box::leak(Box::new(Self {
            values: classic_bounds(shape.unit),
            durations: no_durations(shape.lower()),
            shape: Some(shape),
        }));
        shapes.push(bounds);
        bounds
    }

    /// The bounds for the search among durations.
    #[inline]
    pub(crate) const fn durations(&self) -> &Durations {
        &self.durations
    }

    /// What the series of a native histogram have in common.
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Upper bounds without `+Inf`.
    pub(crate) fn values(&self) -> &[f64] {
        self.values
    }

    /// Buckets, the one up to `+Inf` included.
    pub(crate) fn buckets(&self) -> u32 {
        u32::try_from(self.values.len() + 1).unwrap_or(u32::MAX)
    }

    /// The bucket of a value: that of the first bound which isn't below it.
    pub(crate) fn bucket(&self, value: f64) -> u32 {
        index(self.values.partition_point(|&bound| bound < value))
    }
}

/// Where the cell of a duration's bucket is among the histogram's.
#[inline]
pub(super) fn offset_of_nanos(bounds: &Durations, nanos: u64) -> u32 {
    if nanos <= bounds.shortest {
        return BEFORE_BUCKETS;
    }
    let Octave { bound, mut offset } = bounds.octaves[(nanos | 1).ilog2() as usize];
    if bound < nanos {
        offset += 1;
        while let Some(&bound) = bounds.nanos.get((offset - BEFORE_BUCKETS) as usize)
            && bound < nanos
        {
            offset += 1;
        }
    }
    offset
}

fn index(bucket: usize) -> u32 {
    u32::try_from(bucket).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BEFORE_BUCKETS, Bounds, nanos_of, offset_of_nanos};

    fn bucket_of_nanos(bounds: &Bounds, nanos: u64) -> u32 {
        offset_of_nanos(bounds.durations(), nanos) - BEFORE_BUCKETS
    }

    #[test]
    fn a_bound_belongs_to_its_own_bucket() {
        let bounds = Bounds::intern(&[0.005, 0.01, 1.0]);
        for (value, bucket) in [(0.0, 0), (0.005, 0), (0.0051, 1), (1.0, 2), (1.1, 3)] {
            assert_eq!(bounds.bucket(value), bucket, "{value}");
            assert_eq!(
                bucket_of_nanos(bounds, nanos_of(value)),
                bucket,
                "{value} as nanoseconds"
            );
        }
        assert_eq!(bounds.bucket(f64::INFINITY), 3);
        assert_eq!(bounds.bucket(f64::NEG_INFINITY), 0);
        assert_eq!(bucket_of_nanos(bounds, u64::MAX), 3);
    }

    #[test]
    fn durations_are_found_as_by_a_plain_search() {
        for values in [
            &[1e-9, 2e-9, 3e-9, 4e-9, 1e-6, 1.0][..],
            &[0.0, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0],
            crate::DEFAULT_BUCKETS,
            &[1e10, 1.8e10],
        ] {
            let bounds = Bounds::intern(values);
            let near = bounds.durations.nanos.iter().flat_map(|&bound| {
                [-1, 0, 1].map(|distance: i64| bound.saturating_add_signed(distance))
            });
            let powers = (0..64).map(|power| 1 << power);
            for nanos in near.chain(powers).chain([0, u64::MAX]) {
                let plain = bounds
                    .durations
                    .nanos
                    .partition_point(|&bound| bound < nanos);
                assert_eq!(bucket_of_nanos(bounds, nanos) as usize, plain, "{nanos}");
            }
        }
    }

    #[test]
    fn equal_lists_are_kept_once() {
        let first = Bounds::intern(&[3.0, 4.0]);
        assert!(std::ptr::eq(first, Bounds::intern(&[3.0, 4.0])));
        assert!(!std::ptr::eq(first, Bounds::intern(&[3.0, 5.0])));
    }

    #[test]
    fn seconds_outside_the_range_are_clamped() {
        assert_eq!(nanos_of(-1.0), 0);
        assert_eq!(nanos_of(f64::INFINITY), u64::MAX);
    }
}
