//! Sites that hand series out instead of recording calls: the functions of a
//! `#[metrics]` module.

use super::{Handle, Resolved};
use crate::catalogue::Site;
use crate::desc::Schema;
use crate::label::{LabelValue, Scratch};
use crate::outcome::Outcome;
use crate::record::{FamilyCore, Metric, at};
use std::sync::Arc;

/// The family of a site that hands series out. One that disagrees with another
/// site's declaration gets a family that no page shows.
pub(super) fn or_unseen(
    site: &'static Site,
    family: Option<Arc<FamilyCore>>,
) -> Option<Arc<FamilyCore>> {
    family.or_else(|| {
        let schema = Schema::try_from(site.instruments.first()?.desc).ok()?;
        Some(Arc::new(FamilyCore::new(schema, None, None)))
    })
}

fn handle(site: &'static Site) -> &'static Handle {
    let resolved = Resolved::of(site);
    let handle = resolved.handles.first();
    handle.expect("a site that hands series out has one instrument")
}

fn family(handle: &Handle) -> &FamilyCore {
    let family = handle.family.as_deref();
    family.expect("a site that hands series out has a family")
}

/// The series with these values, each given as its index and the number of
/// values that its label has.
pub fn closed<M: Metric, const N: usize>(site: &'static Site, values: [(usize, usize); N]) -> M {
    let handle = handle(site);
    let family = family(handle);
    let Some(first) = handle.fixed else {
        // Another site has declared the family with open labels.
        return closed_by_text(site, family, values.map(|(index, _)| index));
    };
    let index = values
        .iter()
        .fold(0, |all, (index, values)| all * values + index);
    family.metric(first.cell(u32::try_from(index).unwrap_or(u32::MAX)))
}

#[cold]
fn closed_by_text<M: Metric, const N: usize>(
    site: &'static Site,
    family: &FamilyCore,
    indices: [usize; N],
) -> M {
    let closed = site.instruments.first().and_then(|first| first.desc.closed);
    let mut texts = [""; N];
    for ((text, values), index) in texts.iter_mut().zip(closed.unwrap_or(&[])).zip(indices) {
        *text = values.get(index).copied().unwrap_or_default();
    }
    at(family, &texts, Outcome::Ok)
}

/// The series with these values, of which some are of open sets.
pub fn open<M: Metric, const N: usize>(site: &'static Site, values: [&dyn LabelValue; N]) -> M {
    let mut scratch = [const { Scratch::new() }; N];
    let mut texts = [""; N];
    for ((text, value), scratch) in texts.iter_mut().zip(values).zip(&mut scratch) {
        *text = value.label(scratch);
    }
    at(family(handle(site)), &texts, Outcome::Ok)
}
