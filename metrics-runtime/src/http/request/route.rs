//! The series of a route: found once for each request, by its endpoint.

use super::method::MethodLabel;
use crate::builtin::http as builtin;
use crate::desc::Desc;
use crate::record::{FamilyCore, Names, OVERFLOW, at};
use crate::{Counter, Histogram, InProgress, Outcome, Registry};
use once_cell::race::OnceBox;
use once_cell::sync::OnceCell;
use std::array;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Routes that get series of their own, all methods together: as many as a
/// family has series.
const MOST: usize = 2_000;

/// Statuses of a route that are found without their text. A route that answers
/// with more looks the others up.
const STATUSES: usize = 8;

/// The families of the layer, in a registry.
#[derive(Debug)]
pub(super) struct Families {
    requests: Arc<FamilyCore>,
    duration: Arc<FamilyCore>,
    in_progress: Arc<FamilyCore>,
    first_byte: Arc<FamilyCore>,
    request_size: Arc<FamilyCore>,
    response_size: Arc<FamilyCore>,
    exceptions: Arc<FamilyCore>,
    aborted: Arc<FamilyCore>,
    blocked: Arc<FamilyCore>,
}

impl Families {
    pub(super) fn of(registry: &Registry) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        Self {
            requests: family(&builtin::HTTP_REQUESTS_TOTAL),
            duration: family(&builtin::HTTP_REQUEST_DURATION_SECONDS),
            in_progress: family(&builtin::HTTP_REQUESTS_IN_PROGRESS),
            first_byte: family(&builtin::HTTP_TIME_TO_FIRST_BYTE_SECONDS),
            request_size: family(&builtin::HTTP_REQUEST_SIZE_BYTES),
            response_size: family(&builtin::HTTP_RESPONSE_SIZE_BYTES),
            exceptions: family(&builtin::HTTP_EXCEPTIONS_TOTAL),
            aborted: family(&builtin::HTTP_RESPONSES_ABORTED_TOTAL),
            blocked: family(&builtin::HTTP_REQUESTS_BLOCKED_TOTAL),
        }
    }

    pub(super) fn exception(&self, endpoint: &str, kind: &str) -> Counter {
        at(&self.exceptions, &[endpoint, kind], Outcome::Ok)
    }

    pub(super) fn aborted(&self, endpoint: &str, phase: &str) -> Counter {
        at(&self.aborted, &[endpoint, phase], Outcome::Ok)
    }

    pub(super) fn blocked(&self, reason: &str) -> Counter {
        at(&self.blocked, &[reason], Outcome::Ok)
    }
}

/// The series of a method and an endpoint.
#[derive(Debug)]
pub(super) struct Route {
    families: &'static Families,
    method: &'static str,
    pub(super) endpoint: Box<str>,
    pub(super) in_progress: InProgress,
    pub(super) first_byte: Histogram,
    pub(super) request_size: Histogram,
    pub(super) response_size: Histogram,
    durations: [OnceCell<Histogram>; 5],
    /// A status, above the cell of its counter; zero where there is none yet.
    statuses: [AtomicU64; STATUSES],
}

impl Route {
    fn new(families: &'static Families, method: &'static str, endpoint: &str) -> Self {
        let labels = [method, endpoint];
        let histogram = |family: &FamilyCore| at(family, &labels, Outcome::Ok);
        Self {
            families,
            method,
            endpoint: endpoint.into(),
            in_progress: at(&families.in_progress, &labels, Outcome::Ok),
            first_byte: histogram(&families.first_byte),
            request_size: histogram(&families.request_size),
            response_size: histogram(&families.response_size),
            durations: array::from_fn(|_| OnceCell::new()),
            statuses: array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    pub(super) const fn families(&self) -> &'static Families {
        self.families
    }

    /// The requests with this status.
    pub(super) fn requests(&self, status: u16) -> Counter {
        let wanted = u64::from(status) << 32;
        for slot in &self.statuses {
            // Relaxed, here and below: a slot is a number of its own, and the cell
            // that it names was there before.
            let kept = slot.load(Ordering::Relaxed);
            if kept & !u64::from(u32::MAX) == wanted {
                #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
                return FamilyCore::counter(kept as u32);
            }
            if kept == 0 {
                let counter = self.find(status);
                let new = wanted | u64::from(counter.cell);
                // Where another thread was first, this status has the next slot the
                // next time.
                let _ = slot.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
                return counter;
            }
        }
        self.find(status)
    }

    fn find(&self, status: u16) -> Counter {
        let mut text = itoa::Buffer::new();
        let labels = [self.method, &self.endpoint, text.format(status)];
        at(&self.families.requests, &labels, Outcome::Ok)
    }

    /// The durations of requests with a status of this one's class.
    pub(super) fn duration(&self, status: u16) -> Option<Histogram> {
        const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let class = usize::from(status / 100).checked_sub(1)?.min(4);
        let (slot, name) = (self.durations.get(class)?, CLASSES.get(class)?);
        let find = || {
            let labels = [self.method, &self.endpoint, *name];
            at(&self.families.duration, &labels, Outcome::Ok)
        };
        Some(*slot.get_or_init(find))
    }
}

/// All routes that were asked for.
#[derive(Debug)]
pub(super) struct Routes {
    names: [Names; MethodLabel::COUNT],
    entries: Box<[OnceBox<Route>]>,
    /// Routes that have an entry.
    len: AtomicU32,
    /// What all others share.
    overflow: OnceBox<Route>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self {
            names: array::from_fn(|_| Names::new()),
            entries: (0..MOST).map(|_| OnceBox::new()).collect(),
            len: AtomicU32::new(0),
            overflow: OnceBox::new(),
        }
    }

    /// The route of these labels.
    pub(super) fn get(
        &self,
        families: &'static Families,
        method: MethodLabel,
        endpoint: &str,
    ) -> &Route {
        let names = &self.names[method.index()];
        let number = names.find(endpoint);
        let number = number.or_else(|| names.enter(endpoint, || self.next()));
        let route = |number: u32| {
            let entry = self.entries.get(number as usize)?;
            let new = || Box::new(Route::new(families, method.as_str(), endpoint));
            Some(entry.get_or_init(new))
        };
        number.and_then(route).unwrap_or_else(|| {
            let new = || Box::new(Route::new(families, OVERFLOW, OVERFLOW));
            self.overflow.get_or_init(new)
        })
    }

    /// The number of the next route, if there is room for it.
    fn next(&self) -> Option<u32> {
        // Relaxed: a number of its own.
        let next = self
            .len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |len| {
                ((len as usize) < MOST).then_some(len + 1)
            });
        next.ok()
    }
}
