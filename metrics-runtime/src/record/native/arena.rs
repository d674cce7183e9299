//! The native series of the process, by index.

use super::series::Series;
use super::{NATIVE_BASE, Shape};
use crate::record::bucket::Bounds;
use once_cell::race::{OnceBox, OnceRef};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Places of the first chunk; each further chunk has twice as many.
const FIRST_CHUNK: u32 = 64;

/// Chunks: enough for 67 million series.
const CHUNKS: usize = 20;

const _: () = assert!(
    NATIVE_BASE < u32::MAX - (FIRST_CHUNK << CHUNKS),
    "no index is one that says that recording is off"
);

/// A growing array of places. None moves or goes away.
#[derive(Debug)]
pub(crate) struct Natives {
    chunks: [OnceLock<Box<[Place]>>; CHUNKS],
    next: Mutex<u32>,
}

/// Where a series is.
#[derive(Debug)]
struct Place {
    /// Those of its family; none before it was handed out.
    bounds: OnceRef<'static, Bounds>,
    /// Made when it is recorded into first.
    series: OnceBox<Series>,
}

/// The native series of the process.
pub(crate) static NATIVES: Natives = Natives {
    chunks: [const { OnceLock::new() }; CHUNKS],
    next: Mutex::new(0),
};

/// The chunk of a place, and the chunk's first place.
const fn chunk_of(place: u32) -> (usize, u32) {
    let chunk = (place / FIRST_CHUNK + 1).ilog2();
    (chunk as usize, FIRST_CHUNK * ((1 << chunk) - 1))
}

impl Natives {
    /// Takes places for `len` series in a row and returns the index of the first.
    /// `None` when they are used up.
    pub(crate) fn allocate(&self, len: u32, bounds: &'static Bounds) -> Option<u32> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut first = *next;
        loop {
            let (chunk, start) = chunk_of(first);
            let size = FIRST_CHUNK << chunk;
            let places = self.chunks.get(chunk)?;
            let from = first - start;
            if len <= size - from {
                let new = || Place {
                    bounds: OnceRef::new(),
                    series: OnceBox::new(),
                };
                let places = places.get_or_init(|| (0..size).map(|_| new()).collect());
                for place in places.iter().skip(from as usize).take(len as usize) {
                    let _ = place.bounds.set(bounds);
                }
                *next = first + len;
                return Some(NATIVE_BASE + first);
            }
            first = start + size;
        }
    }

    fn place(&self, index: u32) -> Option<&Place> {
        let place = index.checked_sub(NATIVE_BASE)?;
        let (chunk, start) = chunk_of(place);
        self.chunks.get(chunk)?.get()?.get((place - start) as usize)
    }

    /// What the series has recorded so far, if anything.
    pub(crate) fn series(&self, index: u32) -> Option<&Series> {
        self.place(index)?.series.get()
    }

    /// What the series has in common with its family; `None` if it isn't native.
    pub(crate) fn shape(&self, index: u32) -> Option<Shape> {
        self.place(index)?.bounds.get()?.shape()
    }

    /// The series, to record into.
    #[inline]
    pub(super) fn touch(&self, index: u32) -> Option<&Series> {
        let place = self.place(index)?;
        place.series.get().or_else(|| place.make())
    }
}

impl Place {
    /// Two threads may make it; one of both is kept, and its counts alone are
    /// written.
    #[cold]
    #[inline(never)]
    fn make(&self) -> Option<&Series> {
        let shape = self.bounds.get()?.shape()?;
        let series = Box::new(Series::new(shape)?);
        Some(self.series.get_or_init(|| series))
    }
}
