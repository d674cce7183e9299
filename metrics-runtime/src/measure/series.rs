//! Sites that hand series out instead of recording calls: the functions of a
//! `#[metrics]` module.

use super::Resolved;
use crate::catalogue::{Declared as _, OFF, Site};
use crate::desc::Schema;
use crate::label::{LabelValue, Scratch};
use crate::outcome::Outcome;
use crate::record::{FamilyCore, Metric, at, combination};
use std::sync::Arc;

/// The family of a site that hands series out. One that disagrees with another
/// site's declaration gets a family that no page shows.
pub(super) fn or_unseen(
    site: &'static Site,
    family: Option<Arc<FamilyCore>>,
) -> Option<Arc<FamilyCore>> {
    family.or_else(|| {
        let schema = Schema::try_from(site.instruments().first()?.desc).ok()?;
        Some(Arc::new(FamilyCore::new(schema, None, None)))
    })
}

/// The family of a site that hands series out; `None` when nothing is recorded.
#[inline]
fn family(site: &'static Site) -> Option<&'static FamilyCore> {
    Resolved::at(site)?.handles.first()?.family.as_deref()
}

/// The series with these values, each given as its index and the number of
/// values that its label has.
#[inline]
pub fn closed<M: Metric, const N: usize>(site: &'static Site, values: [(usize, usize); N]) -> M {
    let first = site.cell();
    if first == OFF {
        return M::NOWHERE;
    }
    let index = values
        .iter()
        .fold(0, |all, (index, values)| all * values + index);
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    M::in_row(site, first, index)
}

/// The family of a site of closed labels, and the first cell of the series that
/// has the nth combination of values.
#[cold]
#[inline(never)]
pub(crate) fn nth(site: &'static Site, index: u32) -> Option<(&'static FamilyCore, u32)> {
    let resolved = Resolved::at(site)?;
    let handle = resolved.handles.first()?;
    let family = handle.family.as_deref()?;
    if let Some(slot) = handle.fixed {
        return Some((family, slot.first + index * family.width()));
    }
    // Another site has declared the family with open labels.
    let closed = site.instruments().first()?.desc.closed?;
    let texts = combination(closed, index as usize);
    Some((family, family.shown(&texts, Outcome::Ok)))
}

/// The series with these values, of which some are of open sets.
#[inline]
pub fn open<M: Metric, const N: usize>(site: &'static Site, values: [&dyn LabelValue; N]) -> M {
    let Some(family) = family(site) else {
        return M::NOWHERE;
    };
    let mut scratch = [const { Scratch::new() }; N];
    let mut texts = [""; N];
    for ((text, value), scratch) in texts.iter_mut().zip(values).zip(&mut scratch) {
        *text = value.label(scratch);
    }
    at(family, &texts, Outcome::Ok)
}
