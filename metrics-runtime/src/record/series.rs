//! The series of a family, as a page lists them.

use super::dense::combination;
use super::family::{FamilyCore, OVERFLOW};
use super::row::{Row, label_text};
use super::table::Slot;
use crate::outcome::Outcome;

/// Dense families of at most so many series show all of them at zero.
const SHOWN_AT_ZERO: usize = 100;

/// A series as a scrape sees it.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) values: Vec<String>,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) cell: u32,
    /// When it was made, as `created` has it.
    pub(crate) created: u32,
    /// Served even if nothing was recorded.
    pub(crate) shown: bool,
}

impl FamilyCore {
    /// How many label sets have rows of their own.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// The rows of those label sets.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'static Row> {
        self.table.rows()
    }

    /// The overflow series, if anything went there.
    pub(crate) fn overflowed(&self) -> Option<&Row> {
        self.overflow.get()
    }

    /// Cells from one outcome of a label set to the next; zero without outcomes.
    pub(crate) fn stride(&self) -> u32 {
        self.stride
    }

    /// The cells of all combinations of closed sets and how many there are, if
    /// the family is dense.
    pub(crate) fn combinations(&self) -> Option<(Slot, usize)> {
        let dense = self.dense.as_ref()?;
        Some((self.dense_slot(dense)?, dense.len))
    }

    /// The labels of a combination, rendered.
    pub(crate) fn combination(&self, index: usize) -> Box<str> {
        let values = self
            .dense
            .as_ref()
            .map(|dense| combination(dense.values, index));
        label_text(&self.schema.labels, &values.unwrap_or_default())
    }

    /// Whether a combination is served even if nothing was recorded.
    pub(crate) fn combinations_are_shown(&self) -> bool {
        self.dense
            .as_ref()
            .is_some_and(|dense| dense.len <= SHOWN_AT_ZERO)
    }

    /// All series to be served: label values, outcome and first cell, in the
    /// order of the page.
    pub(crate) fn series(&self) -> Vec<Series> {
        let labels = &self.schema.labels;
        let mut all = Vec::new();
        if let (Some(dense), Some((slot, len))) = (&self.dense, self.combinations()) {
            all.extend((0..len).zip(0..).map(|(index, cell)| {
                Series {
                    values: combination(dense.values, index)
                        .into_iter()
                        .map(str::to_owned)
                        .collect(),
                    outcome: None,
                    cell: slot.cell(cell),
                    created: self.created,
                    shown: self.combinations_are_shown(),
                }
            }));
        }
        let mut rows: Vec<&Row> = self.rows().collect();
        rows.sort_unstable_by_key(|row| row.text());
        for row in rows {
            let outcomes = if self.schema.by_outcome {
                Outcome::ALL
            } else {
                &[Outcome::Ok]
            };
            all.extend(outcomes.iter().map(|outcome| Series {
                values: row.values(labels),
                outcome: self.schema.by_outcome.then_some(outcome.as_str()),
                cell: row.first() + self.stride * outcome.index(),
                created: row.created(),
                shown: row.is_shown(outcome.index()),
            }));
        }
        all.extend(self.overflowed().map(|row| Series {
            values: row.values(labels),
            outcome: self.schema.by_outcome.then_some(OVERFLOW),
            cell: row.first(),
            created: row.created(),
            shown: true,
        }));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Series;
    use crate::desc::{Desc, Schema};
    use crate::outcome::Outcome;
    use crate::record::FamilyCore;

    fn family(desc: &Desc) -> FamilyCore {
        let schema = Schema::try_from(desc).expect("the description is valid");
        FamilyCore::new(schema, None, None)
    }

    fn text(series: &Series) -> String {
        let outcome = series.outcome.unwrap_or("-");
        format!("{} {outcome} {}", series.values.join(","), series.shown)
    }

    #[test]
    fn series_are_in_the_order_of_the_page_with_the_overflow_last() {
        let family = family(
            &Desc::counter("a_total", "A.", &["x", "y"])
                .by_outcome()
                .cap(2),
        );
        let first = family.shown(&["b\"", "c"], Outcome::Error);
        let other = family.shown(&["a", "\\n"], Outcome::Ok);
        let over = family.shown(&["c", "c"], Outcome::Ok);
        assert_eq!(over, family.shown(&["d", "d"], Outcome::Panic));
        let series = family.series();
        let texts: Vec<String> = series.iter().map(text).collect();
        let expected = [
            "a,\\n ok true",
            "a,\\n error false",
            "a,\\n panic false",
            "a,\\n cancelled false",
            "b\",c ok false",
            "b\",c error true",
            "b\",c panic false",
            "b\",c cancelled false",
            "__overflow__,__overflow__ __overflow__ true",
        ];
        assert_eq!(texts, expected);
        let cells = [&series[5], &series[0], &series[8]].map(|series| series.cell);
        assert_eq!(cells, [first, other, over]);
    }
}
