//! Numbers of the page under the names that say where they stand there.

use std::collections::BTreeMap;

use integration_tests::page::Page;

/// Numbers by the family and the label that they are the sum of: `tasks_in_progress task=mail`.
pub(crate) type Figures = BTreeMap<String, f64>;

/// The sum that a figure is on the page, as far as it says anything.
pub(crate) fn value(page: &Page, figure: &str) -> Option<f64> {
    let mut words = figure.split(' ');
    let name = words.next()?;
    let labels: Vec<_> = words.filter_map(|word| word.split_once('=')).collect();
    page.sum(name, &labels)
}

/// What the page says instead, as far as it says anything.
pub(crate) fn seen(page: &Page, expected: &Figures) -> Figures {
    let figures = expected.keys();
    let figures = figures.filter_map(|figure| Some((figure.clone(), value(page, figure)?)));
    figures.collect()
}

/// What the page says of those figures that aren't as high as they are to be at least.
pub(crate) fn below(page: &Page, least: &[(&str, f64)]) -> Vec<String> {
    let found = least.iter().map(|(figure, least)| {
        let value = value(page, figure).unwrap_or_default();
        (value < *least).then(|| format!("{figure}: {value} of {least}"))
    });
    found.flatten().collect()
}
