//! What the page says.

use crate::scan::Series;
use integration_tests::page::Page;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
pub(crate) const fn as_value(count: u64) -> f64 {
    count as f64
}

/// `http_requests_total`, zeros left out.
pub(crate) fn requests(page: &Page) -> Series {
    let samples = page.samples();
    let samples = samples.filter(|sample| sample.name == "http_requests_total");
    let counts = samples.filter_map(|sample| {
        let label = |name| sample.labels.get(name).cloned();
        let status = label("status")?.parse().ok()?;
        let labels = (label("method")?, label("endpoint")?, status);
        // Whole numbers are written without a point.
        let count = sample.value.to_string().parse().ok()?;
        (count > 0).then_some((labels, count))
    });
    counts.collect()
}

/// The gauges of requests in progress that aren't zero: one below would hide one
/// above in a sum.
pub(crate) fn open(page: &Page) -> usize {
    let samples = page.samples();
    let gauges = samples.filter(|sample| sample.name == "http_requests_in_progress");
    gauges.filter(|sample| sample.value.abs() > 0.0).count()
}

/// The series that a page has and another one hadn't, by family.
pub(crate) struct Growth(BTreeMap<String, usize>);

/// The label sets of each family; those of a histogram's bucket are one.
fn label_sets(page: &Page) -> BTreeMap<&str, BTreeSet<String>> {
    let families = page.families().map(|family| {
        let sets = family.samples.iter().map(|sample| {
            let labels = sample.labels.iter().filter(|(name, _)| *name != "le");
            format!("{:?}", labels.collect::<Vec<_>>())
        });
        (family.name.as_str(), sets.collect())
    });
    families.collect()
}

impl Growth {
    pub(crate) fn between(before: &Page, after: &Page) -> Self {
        let before = label_sets(before);
        let added = label_sets(after).into_iter().map(|(family, sets)| {
            let old = before.get(family);
            let new = sets.iter();
            let new = new.filter(|set| old.is_none_or(|old| !old.contains(*set)));
            (family.to_owned(), new.count())
        });
        Self(added.filter(|(_, added)| *added > 0).collect())
    }

    pub(crate) fn families(&self) -> impl Iterator<Item = (&str, usize)> {
        let families = self.0.iter();
        families.map(|(family, added)| (family.as_str(), *added))
    }

    /// Those of the families of HTTP.
    pub(crate) fn of_http(&self) -> Vec<(&str, usize)> {
        let families = self.families();
        let own = families.filter(|(family, _)| family.starts_with("http_"));
        own.collect()
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = 0;
        for (family, added) in &self.0 {
            all += added;
            write!(f, "{family} {added}, ")?;
        }
        write!(f, "{all} in all")
    }
}
