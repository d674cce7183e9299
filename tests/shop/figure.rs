//! Numbers of the page under the names that say where they stand there.

use std::collections::BTreeMap;

use integration_tests::page::Page;

/// Numbers by the family and the label that they are the sum of: `tasks_in_progress task=mail`.
pub(crate) type Figures = BTreeMap<String, f64>;

/// What the page says instead, as far as it says anything.
pub(crate) fn seen(page: &Page, expected: &Figures) -> Figures {
    let figures = expected.keys().filter_map(|figure| {
        let mut words = figure.split(' ');
        let name = words.next()?;
        let labels: Vec<_> = words.filter_map(|word| word.split_once('=')).collect();
        let sum = page.sum(name, &labels)?;
        Some((figure.clone(), sum))
    });
    figures.collect()
}
