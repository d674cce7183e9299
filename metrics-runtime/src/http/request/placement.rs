//! Whether the layer is where it can do what it should.

use crate::desc::Desc;
use crate::diagnostics::{Diagnostic, Misplaced, report};
use crate::outcome::Outcome;
use crate::record::{FamilyCore, at};
use crate::{Counter, Registry};
use http::{Extensions, StatusCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static MISPLACED: Desc = Desc::counter(
    "metrics_http_layer_misplaced_total",
    "Requests that met the HTTP layer where it can't do what it should, by reason: \
     no_route, twice.",
    &["reason"],
)
.about_itself();

/// So many requests must have been answered without a route, and none with one,
/// before the layer is taken to be misplaced: a fallback may answer the first few.
const ENOUGH: u32 = 100;

/// A request of one layer was met by another one, so that all requests are marked from
/// now on, and looked at. Programs whose layers stand side by side never get here.
static NESTED: AtomicBool = AtomicBool::new(false);

/// On a request: the registries whose layers record it, by address.
#[derive(Clone, Debug, Default)]
struct Marks {
    /// Zero without one; apart, so that a mark is no allocation of its own.
    first: usize,
    others: Vec<usize>,
}

impl Marks {
    fn has(&self, registry: usize) -> bool {
        self.first == registry || self.others.contains(&registry)
    }

    fn add(&mut self, registry: usize) {
        if self.first == 0 {
            self.first = registry;
        } else {
            self.others.push(registry);
        }
    }
}

/// What a layer has seen of its place.
#[derive(Debug)]
pub(super) struct Placement {
    misplaced: Arc<FamilyCore>,
    /// The address of the registry, which is compared and never followed.
    registry: usize,
    /// A request has met a route.
    routed: AtomicBool,
    /// Requests that were answered without one.
    unrouted: AtomicU32,
    told_twice: AtomicBool,
}

impl Placement {
    pub(super) fn new(registry: &Registry) -> Self {
        Self {
            misplaced: registry.builtin(&MISPLACED),
            registry: std::ptr::from_ref(registry).addr(),
            routed: AtomicBool::new(false),
            unrouted: AtomicU32::new(0),
            told_twice: AtomicBool::new(false),
        }
    }

    // Relaxed, here and below: flags and a number of their own.

    /// A route was found, for the first time or again, or routes aren't axum's.
    pub(super) fn has_route(&self) {
        self.routed.store(true, Ordering::Relaxed);
    }

    /// A request without a route was answered.
    #[cold]
    #[inline(never)]
    pub(super) fn answered_without_route(&self, status: StatusCode) {
        // What routes lead to is refused and not found as well.
        let by_route = status.is_success() || status.is_redirection();
        if !by_route || self.routed.load(Ordering::Relaxed) {
            return;
        }
        let before = self
            .unrouted
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
                Some(count.saturating_add(1))
            });
        match before.unwrap_or_default() + 1 {
            0..ENOUGH => {}
            ENOUGH => {
                self.count(Misplaced::NoRoute, u64::from(ENOUGH));
                let reason = Misplaced::NoRoute;
                report(&Diagnostic::HttpLayer { reason });
            }
            _ => self.count(Misplaced::NoRoute, 1),
        }
    }

    fn count(&self, reason: Misplaced, amount: u64) {
        let counter: Counter = at(&self.misplaced, &[reason.as_str()], Outcome::Ok);
        counter.inc_by_unseen(amount);
    }

    /// Whether all requests are to be marked, not only those of routes that haven't led
    /// anywhere yet.
    #[inline]
    pub(super) fn expects_others() -> bool {
        NESTED.load(Ordering::Relaxed)
    }

    /// Marks a request that is recorded here, for other layers inside of this one; false
    /// if one around it has done so.
    pub(super) fn mark(&self, extensions: &mut Extensions) -> bool {
        let marks = extensions.get_or_insert_default::<Marks>();
        if marks.has(self.registry) {
            self.is_inside();
            return false;
        }
        marks.add(self.registry);
        true
    }

    /// Whether this request, which comes while another layer's is being polled, is
    /// that one. One that isn't marked is taken for another one, that a handler makes.
    #[cold]
    #[inline(never)]
    pub(super) fn is_recorded_around(&self, extensions: &Extensions) -> bool {
        // What isn't marked may have come by a route that has led elsewhere so far.
        NESTED.store(true, Ordering::Relaxed);
        let marks = extensions.get::<Marks>();
        let is_marked = marks.is_some_and(|marks| marks.has(self.registry));
        if is_marked {
            self.is_inside();
        }
        is_marked
    }

    /// A request was met that a layer around this one records.
    #[cold]
    #[inline(never)]
    fn is_inside(&self) {
        NESTED.store(true, Ordering::Relaxed);
        self.count(Misplaced::Twice, 1);
        if !self.told_twice.swap(true, Ordering::Relaxed) {
            let reason = Misplaced::Twice;
            report(&Diagnostic::HttpLayer { reason });
        }
    }
}
