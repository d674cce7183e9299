//! The function that is called, and a way to record its calls.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The error of one call in sixteen.
#[derive(Clone, Copy, Debug)]
pub struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("failed")
    }
}

impl std::error::Error for Failed {}

/// What a call returns.
pub type Worked = Result<u64, Failed>;

/// The function whose calls are recorded.
#[inline(never)]
pub(crate) fn work(x: u64) -> Worked {
    mixed(x)
}

/// The same for the rows of async functions: a library exports what those call, so that
/// they call it through a table, which functions that aren't async mustn't pay for.
pub(crate) async fn work_async(x: u64) -> Worked {
    work_later(x)
}

/// As what is annotated, without the attribute.
async fn bare_async(x: u64) -> Worked {
    work_async(x).await
}

#[inline(never)]
fn work_later(x: u64) -> Worked {
    mixed(x)
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a function of each, with the same code"
)]
fn mixed(x: u64) -> Worked {
    if x & 15 == 15 {
        Err(Failed)
    } else {
        Ok(x.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (x >> 7))
    }
}

/// What is recorded of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// The clock is read before and after; no metric.
    Clock,
    /// A counter without labels, or with constant ones.
    Counter,
    /// A counter by outcome.
    Counted,
    /// A histogram of durations.
    Timed,
    /// The same of an async function.
    TimedAsync,
    /// A histogram of durations by its handle, without a clock.
    Observe,
    /// A histogram of durations and a counter by outcome.
    Both,
    /// A counter with one label whose values are an enum.
    Closed1,
    /// With two of them.
    Closed2,
    /// With three of them.
    Closed3,
    /// A counter with a text label of 16 values.
    Open16,
    /// A counter with a text label of 1,000 values.
    Open1000,
}

impl Job {
    /// The word in the identifiers of its cases.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Counter => "counter",
            Self::Counted => "counted",
            Self::Timed => "timed",
            Self::TimedAsync => "timed-async",
            Self::Observe => "observe",
            Self::Both => "both",
            Self::Closed1 => "closed-1",
            Self::Closed2 => "closed-2",
            Self::Closed3 => "closed-3",
            Self::Open16 => "open-16",
            Self::Open1000 => "open-1000",
        }
    }

    /// The call without recording: what costs are added to.
    pub const fn baseline(self) -> &'static str {
        match self {
            Self::TimedAsync => "baseline/async",
            Self::Observe => "baseline/duration",
            Self::Closed1 => "baseline/pick-1",
            Self::Closed2 => "baseline/pick-2",
            Self::Closed3 => "baseline/pick-3",
            Self::Open16 => "baseline/pick-16",
            Self::Open1000 => "baseline/pick-1000",
            _ => "baseline/sync",
        }
    }
}

type Run = Box<dyn Fn(u64) -> u64 + Send + Sync>;

/// One way to record a call.
pub struct Case {
    /// `job/who how`.
    pub id: String,
    /// The identifier of the baseline; empty for a baseline itself.
    pub baseline: &'static str,
    /// How often it reads the clock by a pair of `std::time::Instant`s, part of
    /// which callgrind can't see.
    pub instants: u32,
    /// The loop around the call, for one series each.
    lanes: Vec<Run>,
}

impl Case {
    /// A case that takes the number of the call.
    pub(crate) fn new<F>(job: Job, name: &str, call: F) -> Self
    where
        F: Fn(u64) -> Worked + Copy + Send + Sync + 'static,
    {
        Self {
            id: format!("{}/{name}", job.word()),
            baseline: job.baseline(),
            instants: 0,
            lanes: vec![Box::new(move |calls| drive(calls, call))],
        }
    }

    /// A case that reads `std::time::Instant` twice.
    pub(crate) const fn with_instants(mut self) -> Self {
        self.instants = 1;
        self
    }

    /// The same job on one more series.
    pub(crate) fn with_lane(mut self, other: Self) -> Self {
        self.lanes.extend(other.lanes);
        self
    }

    /// Calls the function, on one of the series, and returns a mix of what it
    /// returned.
    pub fn run(&self, calls: u64, lane: usize) -> u64 {
        self.lanes[lane % self.lanes.len()](calls)
    }

    /// How many series there are to choose from.
    pub const fn lanes(&self) -> usize {
        self.lanes.len()
    }
}

fn drive<F: Fn(u64) -> Worked + Copy>(calls: u64, call: F) -> u64 {
    crate::limit::enter_thread();
    let mut mix = 0;
    for x in 0..calls {
        mix ^= wrapper(call, black_box(x)).unwrap_or(1);
    }
    mix
}

#[inline(never)]
fn wrapper<F: Fn(u64) -> Worked>(call: F, x: u64) -> Worked {
    call(x)
}

/// Polls a future once; none here ever waits.
pub(crate) fn poll<F: Future<Output = Worked>>(future: F) -> Worked {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    match black_box(future.as_mut()).poll(&mut context) {
        Poll::Ready(worked) => worked,
        Poll::Pending => Err(Failed),
    }
}

/// A number below `len`, without a pattern that a processor could learn.
#[inline(always)]
#[expect(clippy::inline_always, reason = "baseline and case must do the same")]
fn scatter(x: u64, len: usize) -> usize {
    let mixed = x.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    ((mixed * len as u64) >> 32) as usize
}

/// The values of the open labels: text of 12 bytes.
static USERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let user = |index| &*format!("user-{index:07}").leak();
    (0..1_000).map(user).collect()
});

/// One of the first `N` users.
#[inline(always)]
#[expect(clippy::inline_always, reason = "baseline and case must do the same")]
pub(crate) fn pick_user<const N: usize>(x: u64) -> &'static str {
    black_box(USERS[scatter(x, N)])
}

/// A duration about a millisecond.
#[inline(always)]
#[expect(clippy::inline_always, reason = "baseline and case must do the same")]
pub(crate) fn pick_duration(x: u64) -> Duration {
    black_box(Duration::from_nanos(1_000_000 + (x & 7) * 100_000))
}

/// One of four values of a closed label; `LABEL` is 0, 1 or 2. Out of line, so that it is
/// in a register, as what a function is given: of what has been on the stack the compiler
/// believes that it may still be read there, and keeps the frame to the end.
#[inline(never)]
pub(crate) fn pick_value<const LABEL: u32, T: Copy>(values: &[T; 4], x: u64) -> T {
    let index = (x >> (2 * LABEL)) & 3;
    black_box(values[index as usize])
}

pub(crate) fn baselines() -> Vec<Case> {
    static VALUES: [u64; 4] = [3, 1, 0, 2];
    let case = |name: &str, case: Case| Case {
        id: format!("baseline/{name}"),
        baseline: "",
        ..case
    };
    vec![
        case("sync", Case::new(Job::Counter, "", work)),
        case(
            "async",
            Case::new(Job::Counter, "", |x| poll(bare_async(x))),
        ),
        case(
            "duration",
            Case::new(Job::Counter, "", |x| {
                pick_duration(x);
                work(x)
            }),
        ),
        case(
            "pick-1",
            Case::new(Job::Counter, "", |x| {
                pick_value::<0, _>(&VALUES, x);
                work(x)
            }),
        ),
        case(
            "pick-2",
            Case::new(Job::Counter, "", |x| {
                pick_value::<0, _>(&VALUES, x);
                pick_value::<1, _>(&VALUES, x);
                work(x)
            }),
        ),
        case(
            "pick-3",
            Case::new(Job::Counter, "", |x| {
                pick_value::<0, _>(&VALUES, x);
                pick_value::<1, _>(&VALUES, x);
                pick_value::<2, _>(&VALUES, x);
                work(x)
            }),
        ),
        case(
            "pick-16",
            Case::new(Job::Counter, "", |x| {
                pick_user::<16>(x);
                work(x)
            }),
        ),
        case(
            "pick-1000",
            Case::new(Job::Counter, "", |x| {
                pick_user::<1_000>(x);
                work(x)
            }),
        ),
    ]
}
