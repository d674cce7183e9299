//! Checks by attribute, which are known before `main`.

use super::check::{Checking, Work};
use super::{Group, HealthCheck, HealthReport};
use crate::{BuildError, Registry};
use once_cell::race::OnceRef;
use std::iter::successors;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The function under the attribute, as a check.
#[derive(Clone, Copy, Debug)]
pub enum Made {
    /// An async one.
    Async(fn() -> Checking),
    /// One that blocks.
    Blocking(fn() -> HealthReport),
}

/// A function under `#[health_check]`.
#[derive(Debug)]
pub struct Site {
    registry: &'static Registry,
    name: &'static str,
    group: Option<&'static str>,
    /// Timeout and interval, in nanoseconds, if they are given.
    times: [Option<u64>; 2],
    critical: bool,
    made: Made,
    place: &'static Location<'static>,
    registered: AtomicBool,
    next: OnceRef<'static, Self>,
}

/// The first site; each knows the next.
static FIRST: OnceRef<'static, Site> = OnceRef::new();

impl Site {
    /// A site that isn't on the list yet.
    #[track_caller]
    pub const fn new(
        registry: &'static Registry,
        name: &'static str,
        group: Option<&'static str>,
        times: [Option<u64>; 2],
        critical: bool,
        made: Made,
    ) -> Self {
        Self {
            registry,
            name,
            group,
            times,
            critical,
            made,
            place: Location::caller(),
            registered: AtomicBool::new(false),
            next: OnceRef::new(),
        }
    }

    /// Puts the site on the list; again has no effect. A function of C, so that the
    /// constructor which calls it need not care about unwinding.
    pub extern "C" fn register(&'static self) {
        // Relaxed: who appends needs to see nothing of the others.
        if self.registered.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut last = &FIRST;
        while last.set(self).is_err() {
            let Some(taken) = last.get() else { return };
            last = &taken.next;
        }
    }

    pub(super) fn check(&self) -> HealthCheck {
        let work = match self.made {
            Made::Async(made) => Work::Async(Box::new(made)),
            Made::Blocking(made) => Work::Blocking(Box::new(move |_| made())),
        };
        let [timeout, interval] = self.times.map(|nanos| nanos.map(Duration::from_nanos));
        let check = HealthCheck::of(self.name.to_owned(), work).critical(self.critical);
        let check = check.timeout(timeout.unwrap_or(HealthCheck::TIMEOUT));
        let check = check.interval(interval.unwrap_or(HealthCheck::INTERVAL));
        match self.group {
            Some(group) => check.group(Group::from(group)),
            None => check,
        }
    }
}

/// The sites of a registry.
pub(super) fn of(registry: &'static Registry) -> impl Iterator<Item = &'static Site> {
    let all = successors(FIRST.get(), |site| site.next.get());
    all.filter(move |site| ptr::eq(site.registry, registry))
}

/// Whether each name is that of one site alone.
pub(crate) fn check_names(registry: &'static Registry) -> Result<(), BuildError> {
    let mut sites: Vec<&Site> = of(registry).collect();
    // The order before `main` is the linker's.
    sites.sort_by_key(|site| (site.name, *site.place));
    // Another attribute may have copied a function.
    sites.dedup_by_key(|site| (site.name, *site.place));
    let twice = sites.array_windows().find(|[a, b]| a.name == b.name);
    twice.map_or(Ok(()), |[first, second]| {
        Err(BuildError::HealthCheckTwice {
            name: first.name.to_owned(),
            places: [first, second].map(|site| site.place.to_string()),
        })
    })
}

/// Declares a check and puts it on the list before `main`.
#[doc(hidden)]
#[macro_export]
macro_rules! __health_check {
    ($site:ident $registry:expr, $name:literal, $group:expr, $times:expr, $critical:literal, $made:expr) => {
        $crate::__constructor!($site: $crate::health::__private::Site =
            $crate::health::__private::Site::new(
                $registry, $name, $group, $times, $critical, $made,
            ));
    };
}
