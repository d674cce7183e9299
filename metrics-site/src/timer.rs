//! What has timed calls recorded: a struct rather than a trait's object, which would be
//! two loads more on the way of each call.

use crate::Site;
use std::mem::{self, MaybeUninit};
use std::sync::atomic::{AtomicPtr, Ordering};

/// A reading of the clock that began nothing: the call isn't recorded after all.
pub const VOID: u64 = u64::MAX - 3;

/// How a call ended, as wide as an index, so that what records it out of line needs no
/// instruction to widen it.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum OutcomeIndex {
    /// Well.
    Ok,
    /// By an error.
    Error,
    /// It unwound.
    Panic,
    /// It was async and dropped before it finished.
    Cancelled,
}

/// Nothing, in the third argument's register: on x86-64, reading the counter overwrites
/// it, so an argument there would have to be moved away first.
pub type Spare = MaybeUninit<u64>;

/// Adds a call that began at this reading of the clock, unless that is [`VOID`], and ends
/// now. A function of C, so that annotated functions need no code for its unwinding, of
/// which there is none.
pub type Time = extern "C" fn(&'static Timer, OutcomeIndex, Spare, u64);

/// What a site is resolved to.
#[derive(Debug)]
pub struct Timer {
    /// Records a timed call. It is handed this very struct.
    pub time: Time,
    /// The cell for each outcome.
    pub cells: [u32; 4],
    /// The bounds of the histograms in these cells.
    pub bounds: &'static Durations,
    /// All that calls record which aren't only timed, of a type of the runtime's. An
    /// atomic only because a pointer alone can't be shared.
    resolved: AtomicPtr<()>,
}

impl Timer {
    /// A header of what the runtime knows of a site.
    ///
    /// # Safety
    ///
    /// `resolved` is what the runtime that calls [`resolved`](Self::resolved) expects, and
    /// lives as long as the process.
    #[expect(unsafe_code, reason = "the benchmark of open labels shows its worth")]
    pub const unsafe fn new(
        time: Time,
        cells: [u32; 4],
        bounds: &'static Durations,
        resolved: *mut (),
    ) -> Self {
        Self {
            time,
            cells,
            bounds,
            resolved: AtomicPtr::new(resolved),
        }
    }

    /// What the runtime has made it with.
    #[inline]
    pub fn resolved(&self) -> *const () {
        self.resolved.load(Ordering::Relaxed)
    }
}

/// Upper bounds of a histogram's buckets, for the search among durations.
#[derive(Debug)]
pub struct Durations {
    /// The first bound: most calls are shorter.
    pub shortest: u64,
    /// Of durations from 2^n ns on, up to twice that.
    pub octaves: [Octave; 64],
    /// All bounds, in nanoseconds.
    pub nanos: &'static [u64],
    /// Of a native histogram: by how much its schema is below the finest one.
    pub lower: i32,
}

/// The bounds between a power of two and the next: few lists have two there.
#[derive(Clone, Copy, Debug)]
pub struct Octave {
    /// The first bound from the power on.
    pub bound: u64,
    /// The place of its bucket's cell among the histogram's.
    pub offset: u32,
}

/// A call at a site, and the reading of the clock at which it began.
#[derive(Debug)]
pub struct Begun {
    /// Where it is recorded.
    pub site: &'static Site,
    /// [`VOID`] once nothing is left to record.
    pub start: u64,
}

/// Adds a call that began at this reading of the clock and ends now.
///
/// Out of line, for the size of annotated functions.
#[inline(never)]
pub extern "C" fn time(site: &'static Site, outcome: OutcomeIndex, spare: Spare, start: u64) {
    // Entered, so resolved, if anything is recorded.
    if let Some(timer) = site.timer() {
        (timer.time)(timer, outcome, spare, start);
    }
}

/// As [`time`], of a call that nothing is recorded of from now on.
#[inline(never)]
pub extern "C" fn end(call: &mut Begun, outcome: OutcomeIndex) {
    let start = mem::replace(&mut call.start, VOID);
    if start != VOID
        && let Some(timer) = call.site.timer()
    {
        (timer.time)(timer, outcome, Spare::uninit(), start);
    }
}
