//! One annotated call: entered at a site, measured by a guard or a future,
//! recorded once.

mod future;
mod guard;
mod rows;
mod series;

pub use future::{measured, measured_with, never};
pub use guard::{Guard, PlainGuard, call};
pub use rows::{RowsOfAny, RowsOfOption, RowsOfResult};
pub use series::{closed, open};

use crate::catalogue::{Instrument, Record, Site, Source};
use crate::clock::Ticks;
use crate::label::{LabelValue, Model, Scratch};
use crate::outcome::{Outcome, Reading};
use crate::record::{Counter, FamilyCore, Histogram, Slot};
use once_cell::sync::OnceCell;
use std::sync::Arc;

/// The instruments of a site, resolved to cells at its first call.
#[derive(Debug)]
pub(crate) struct Resolved {
    handles: Box<[Handle]>,
    /// An instrument wants the call's duration, so the clock is read.
    timed: bool,
}

#[derive(Debug)]
struct Handle {
    record: Record,
    /// `None` records nowhere: another site's declaration is in force.
    family: Option<Arc<FamilyCore>>,
    labels: &'static [Source],
    /// The cells, if all label values stand in the source.
    fixed: Option<Slot>,
}

impl Resolved {
    /// The site's instruments, found at its first call.
    fn of(site: &'static Site) -> &'static Self {
        site.resolved.get().unwrap_or_else(|| {
            // Made before the cell is entered: a conflict is reported to the
            // user's hook, which may call this very function.
            let resolved = Self::find(site);
            site.resolved.get_or_init(|| resolved)
        })
    }

    #[cold]
    #[inline(never)]
    fn find(site: &'static Site) -> Self {
        // On a platform without constructors this is how a site gets known.
        site.register();
        let families = site.registry.families_of(site);
        let handles = site.instruments.iter().zip(families);
        let handles = handles.map(|(instrument, family)| {
            let family = match instrument.record {
                Record::Handle => series::or_unseen(site, family),
                _ => family,
            };
            let fixed = family.as_ref().and_then(|family| {
                if let Some(values) = instrument.desc.closed {
                    return family.dense_over(values);
                }
                Some(family.constant(&instrument.constants()?, &[]))
            });
            Handle {
                record: instrument.record,
                family,
                labels: instrument.labels,
                fixed,
            }
        });
        let timed = |instrument: &Instrument| instrument.record == Record::Duration;
        Self {
            handles: handles.collect(),
            timed: site.instruments.iter().any(timed),
        }
    }

    /// Adds a finished call to the cells of every instrument; `rows` has the
    /// cells where label values were evaluated at entry.
    #[inline(never)]
    fn record(&self, rows: &[Slot], nanos: u64, reading: Reading) {
        let Reading {
            outcome,
            rows: touched,
        } = reading;
        for (index, handle) in self.handles.iter().enumerate() {
            let slot = rows.get(index).copied().or(handle.fixed);
            let (Some(slot), Some(family)) = (slot, &handle.family) else {
                continue;
            };
            let cell = slot.cell(outcome.index());
            match handle.record {
                Record::Calls => Counter { cell }.inc(),
                Record::Duration => Histogram::observe_nanos(&family.histogram(cell), nanos),
                Record::Handle => {}
                Record::Rows => {
                    if outcome == Outcome::Ok {
                        Counter { cell: slot.first }.inc_by(touched);
                    }
                }
            }
        }
    }
}

/// A call that was entered: the resolved site, cells of `D` instruments whose
/// labels were evaluated at entry, and when it began. `D` is zero where all
/// labels are constant.
#[derive(Clone, Copy, Debug)]
pub struct Call<const D: usize> {
    /// `None` when nothing is recorded.
    site: Option<&'static Resolved>,
    rows: [Slot; D],
    start: Ticks,
}

impl<const D: usize> Call<D> {
    /// A call at this site, whose time isn't counted yet.
    fn at(site: &'static Site) -> Self {
        Self {
            site: crate::config::recording().then(|| Resolved::of(site)),
            rows: [Slot::NOWHERE; D],
            start: Ticks::UNREAD,
        }
    }

    /// Counts the time from now on, if anybody wants it.
    fn restart(&mut self) {
        if self.site.is_some_and(|site| site.timed) {
            self.start = Ticks::now();
        }
    }

    /// Nanoseconds since the call began, if anybody wants them.
    fn elapsed_nanos(&self) -> u64 {
        match self.site {
            Some(site) if site.timed => self.start.elapsed_nanos(),
            _ => 0,
        }
    }

    fn record(&self, reading: Reading) {
        self.record_after(self.elapsed_nanos(), reading);
    }

    fn record_after(&self, nanos: u64, reading: Reading) {
        if let Some(site) = self.site {
            site.record(&self.rows, nanos, reading);
        }
    }
}

/// Enters a site whose labels are all constant.
pub fn enter(site: &'static Site) -> Call<0> {
    let mut call = Call::at(site);
    call.restart();
    call
}

/// Enters a site of `D` instruments with the `N` label values that it
/// evaluates at entry.
pub fn enter_with<const D: usize, const N: usize>(
    site: &'static Site,
    values: [&dyn LabelValue; N],
) -> Call<D> {
    let mut call = Call::at(site);
    if let Some(resolved) = call.site {
        let mut scratch = [const { Scratch::new() }; N];
        let mut texts = [""; N];
        for ((text, value), scratch) in texts.iter_mut().zip(values).zip(&mut scratch) {
            *text = value.label(scratch);
        }
        look_up(resolved, &texts, &mut call.rows);
        // Looking series up isn't part of the call.
        call.restart();
    }
    call
}

/// Finds the cells of each instrument for the values evaluated at entry.
#[inline(never)]
fn look_up(resolved: &Resolved, texts: &[&str], rows: &mut [Slot]) {
    /// More labels than this are looked up through an allocation.
    const INLINE: usize = 16;
    for (handle, row) in resolved.handles.iter().zip(rows) {
        let Some(family) = &handle.family else {
            continue;
        };
        let value = |source: &Source| match *source {
            Source::Constant(value) => value,
            Source::Argument(index) => texts.get(index).copied().unwrap_or(""),
        };
        *row = if let Some(slot) = handle.fixed {
            slot
        } else if handle.labels.len() <= INLINE {
            let mut values = [""; INLINE];
            for (slot, source) in values.iter_mut().zip(handle.labels) {
                *slot = value(source);
            }
            family.entered(&values[..handle.labels.len()])
        } else {
            let values: Vec<&str> = handle.labels.iter().map(value).collect();
            family.entered(&values)
        };
    }
}

/// The model of a method's `Self`, found at the first call: a static in a
/// generic function is shared by all `Self`, so the type is compared.
#[derive(Debug)]
pub struct ModelCell(OnceCell<(&'static str, Model)>);

impl ModelCell {
    /// A cell that caches nothing yet.
    pub const fn empty() -> Self {
        Self(OnceCell::new())
    }

    /// The model of the type with this name.
    pub fn model(&self, path: &'static str) -> Model {
        let (cached, model) = *self.0.get_or_init(|| (path, Model::of_type(path)));
        if cached == path {
            model
        } else {
            Model::of_type(path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ModelCell;

    #[test]
    fn a_model_cell_compares_what_it_cached() {
        let cell = ModelCell::empty();
        assert_eq!(cell.model("a::UserRepo").0, "User");
        assert_eq!(cell.model("a::OrderRepo").0, "Order");
        assert_eq!(cell.model("a::UserRepo").0, "User");
    }
}
