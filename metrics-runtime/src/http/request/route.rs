//! The series of a route: found once for each request, by its endpoint.

use super::endpoint::UNMATCHED;
use super::family::Families;
use super::label_set::LabelSet;
use super::method::MethodLabel;
use super::numbered::{MOST, Numbered};
use super::special::Special;
use crate::diagnostics::Overflow;
use crate::record::{FamilyCore, Names, OVERFLOW, at, same};
use crate::{Histogram, InProgress, Outcome};
use once_cell::race::OnceBox;
use once_cell::sync::OnceCell;
use std::array;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Statuses of a route that are found without their text. A route that answers
/// with more looks the others up.
const STATUSES: usize = 8;

/// The series of a method and an endpoint.
#[derive(Debug)]
pub(super) struct Route {
    families: &'static Families,
    method: &'static str,
    /// `None` for what has no route of its own.
    of: Option<MethodLabel>,
    pub(super) endpoint: Box<str>,
    pub(super) in_progress: InProgress,
    pub(super) first_byte: Histogram,
    pub(super) request_size: Histogram,
    pub(super) response_size: Histogram,
    /// It stands for no route.
    pub(super) is_unmatched: bool,
    /// There is more to do if the layer has labels, takes a sample or counts queries.
    pub(super) special: Special,
    pub(super) plain: Series,
    /// Of further labels, by their combination; none where there are no such labels.
    labelled: Box<[OnceBox<Series>]>,
}

/// The series of a route by status, of one combination of further labels.
#[derive(Debug)]
pub(super) struct Series {
    combination: usize,
    durations: [OnceCell<Histogram>; 5],
    /// A status, above the cell of its counter; zero where there is none yet.
    statuses: [AtomicU64; STATUSES],
}

impl Route {
    fn new(families: &'static Families, of: Option<MethodLabel>, endpoint: &str) -> Self {
        let method = of.map_or(OVERFLOW, MethodLabel::as_str);
        if endpoint != UNMATCHED {
            families.placement.has_route();
        }
        let labels = [method, endpoint];
        let histogram = |family: &FamilyCore| at(family, &labels, Outcome::Ok);
        Self {
            families,
            method,
            of,
            endpoint: endpoint.into(),
            in_progress: at(&families.in_progress, &labels, Outcome::Ok),
            first_byte: histogram(&families.first_byte),
            request_size: histogram(&families.request_size),
            response_size: histogram(&families.response_size),
            is_unmatched: endpoint == UNMATCHED,
            special: Special::new(endpoint, families.are_special()),
            plain: Series::new(0),
            labelled: match families.labels.combinations() {
                1 => Box::default(),
                combinations => (0..combinations).map(|_| OnceBox::new()).collect(),
            },
        }
    }

    pub(super) const fn families(&self) -> &'static Families {
        self.families
    }

    /// The labels that the application adds, if it does.
    #[inline]
    pub(super) fn labels(&self) -> Option<&'static LabelSet> {
        (!self.labelled.is_empty()).then_some(&self.families.labels)
    }

    /// The series of this combination of further labels.
    #[inline]
    pub(super) fn series(&self, combination: u16) -> &Series {
        if combination == 0 {
            return &self.plain;
        }
        let combination = usize::from(combination);
        let found = self.labelled.get(combination);
        found.map_or(&self.plain, |series| {
            series.get_or_init(|| Box::new(Series::new(combination)))
        })
    }

    /// The values of a label set: the route's own, this one, and further ones.
    fn values<'a>(&'a self, value: &'a str, combination: usize) -> Vec<&'a str> {
        let mut values = vec![self.method, &self.endpoint, value];
        for further in self.families.labels.values(combination) {
            values.push(further);
        }
        values
    }
}

/// The cell of the overflow series, for what has no route of its own.
fn overflow(family: &FamilyCore) -> u32 {
    family.overflow(Overflow::Cap(MOST)).show(Outcome::Ok)
}

impl Series {
    fn new(combination: usize) -> Self {
        Self {
            combination,
            durations: array::from_fn(|_| OnceCell::new()),
            statuses: array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// The cell of the requests of the route with this status.
    #[inline]
    pub(super) fn requests(&self, route: &Route, status: u16) -> u32 {
        let wanted = u64::from(status) << 32;
        for slot in &self.statuses {
            // Relaxed, here and below: a slot is a number of its own, and the cell
            // that it names was there before.
            let kept = slot.load(Ordering::Relaxed);
            if kept & !u64::from(u32::MAX) == wanted {
                #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
                return kept as u32;
            }
            if kept == 0 {
                let cell = self.find(route, status);
                let new = wanted | u64::from(cell);
                // Where another thread was first, this status has the next slot the
                // next time.
                let _ = slot.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
                return cell;
            }
        }
        self.find(route, status)
    }

    #[cold]
    #[inline(never)]
    fn find(&self, route: &Route, status: u16) -> u32 {
        // What has no route of its own has no status of its own either.
        if route.of.is_none() {
            return overflow(&route.families.requests);
        }
        let mut text = itoa::Buffer::new();
        let values = route.values(text.format(status), self.combination);
        route.families.requests.shown(&values, Outcome::Ok)
    }

    /// The durations of requests with a status of this one's class.
    #[inline]
    pub(super) fn duration(&self, route: &Route, status: u16) -> Option<Histogram> {
        const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let class = usize::from(status / 100).checked_sub(1)?.min(4);
        let slot = self.durations.get(class)?;
        if let Some(duration) = slot.get() {
            return Some(*duration);
        }
        let duration = self.find_duration(route, CLASSES.get(class)?);
        Some(*slot.get_or_init(|| duration))
    }

    #[cold]
    #[inline(never)]
    fn find_duration(&self, route: &Route, class: &str) -> Histogram {
        if route.of.is_none() {
            let family = &route.families.duration;
            return family.histogram(overflow(family));
        }
        let values = route.values(class, self.combination);
        at(&route.families.duration, &values, Outcome::Ok)
    }
}

/// Routes that a thread finds by the place of their text.
const RECENTLY: usize = 64;

thread_local! {
    /// What the thread has asked for last, of all layers.
    static RECENT: [Cell<Option<&'static Route>>; RECENTLY] =
        const { [const { Cell::new(None) }; RECENTLY] };
}

/// All routes that were asked for.
#[derive(Debug)]
pub(super) struct Routes {
    names: [Names; MethodLabel::COUNT],
    entries: Numbered<Route>,
    /// That of requests that meet none, whatever their method.
    unmatched: OnceBox<Route>,
    /// What all others share.
    overflow: OnceBox<Route>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self {
            names: array::from_fn(|_| Names::new()),
            entries: Numbered::new(),
            unmatched: OnceBox::new(),
            overflow: OnceBox::new(),
        }
    }

    /// The route of these labels.
    #[inline]
    pub(super) fn get(
        &'static self,
        families: &'static Families,
        method: MethodLabel,
        endpoint: &str,
    ) -> &'static Route {
        // A router has the text of a route in one place, by which a thread remembers
        // it; what it remembers there is compared in full.
        let place = (endpoint.as_ptr().addr() >> 4) ^ method.index();
        RECENT.with(|recent| {
            let slot = &recent[place % RECENTLY];
            if let Some(route) = slot.get()
                && std::ptr::eq(route.families, families)
                && route.of == Some(method)
                && route.endpoint.len() == endpoint.len()
                && same(route.endpoint.as_bytes(), endpoint.as_bytes())
            {
                return route;
            }
            let route = self.find(families, method, endpoint);
            slot.set(Some(route));
            route
        })
    }

    #[inline(never)]
    fn find(
        &'static self,
        families: &'static Families,
        method: MethodLabel,
        endpoint: &str,
    ) -> &'static Route {
        let names = &self.names[method.index()];
        let make = || Route::new(families, Some(method), endpoint);
        let found = self.entries.get(names, endpoint, make);
        found.unwrap_or_else(|| {
            let new = || Box::new(Route::new(families, None, OVERFLOW));
            self.overflow.get_or_init(new)
        })
    }

    /// The route of requests that have met none.
    #[inline(never)]
    pub(super) fn unmatched(&'static self, families: &'static Families) -> &'static Route {
        let new = || Box::new(Route::new(families, Some(MethodLabel::OTHER), UNMATCHED));
        self.unmatched.get_or_init(new)
    }
}
