//! What the metrics must say, kept by hand.

use integration_tests::page::Page;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// Await points of the nest.
pub(crate) const POINTS: usize = 13;

/// A nest of functions, each with the points that lie within its call.
pub(crate) type Nest = [(&'static str, RangeInclusive<usize>); 3];

pub(crate) const ASYNC: Nest = [("outer", 0..=12), ("middle", 2..=10), ("inner", 4..=8)];
pub(crate) const SYNC: Nest = [
    ("outer_sync", 0..=12),
    ("middle_sync", 2..=10),
    ("inner_sync", 4..=8),
];

/// Calls by function and outcome, and how often each point was the end.
#[derive(Default)]
pub(crate) struct Ledger {
    calls: BTreeMap<(&'static str, &'static str), u64>,
    hits: BTreeMap<(&'static str, usize), u64>,
}

impl Ledger {
    /// A call of the nest ended like this at a point: functions around it end
    /// the same way, those before it were done, those after it never began.
    pub(crate) fn expect(&mut self, nest: Nest, at: usize, outcome: &'static str) {
        *self.hits.entry((outcome, at)).or_default() += 1;
        for (function, points) in nest {
            if points.contains(&at) {
                *self.calls.entry((function, outcome)).or_default() += 1;
            } else if at > *points.end() {
                *self.calls.entry((function, "ok")).or_default() += 1;
            }
        }
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        for (key, calls) in other.calls {
            *self.calls.entry(key).or_default() += calls;
        }
        for (key, hits) in other.hits {
            *self.hits.entry(key).or_default() += hits;
        }
        self
    }

    /// How many nests ended like this.
    pub(crate) fn ended(&self, outcome: &str) -> u64 {
        let hits = self.hits.iter().filter(|((how, _), _)| *how == outcome);
        hits.map(|(_, hits)| hits).sum()
    }

    /// How often the rarest end was hit, over all points and both outcomes.
    pub(crate) fn least_hits(&self) -> u64 {
        let ends = ["cancelled", "panic"].into_iter();
        let ends = ends.flat_map(|outcome| (0..POINTS).map(move |point| (outcome, point)));
        ends.map(|end| self.hits.get(&end).copied().unwrap_or(0))
            .min()
            .unwrap_or(0)
    }

    /// Where counters or histograms differ from the ledger, in words.
    pub(crate) fn differences(&self, page: &str) -> Vec<String> {
        let page = Page::parse(page).expect("the page is valid");
        let mut wrong = Vec::new();
        for (function, _) in ASYNC.into_iter().chain(SYNC) {
            for outcome in ["ok", "error", "panic", "cancelled"] {
                let labels = [
                    ("function", function),
                    ("module", "storm::body"),
                    ("outcome", outcome),
                ];
                let read = |name| page.value(name, &labels).unwrap_or(0.0);
                let counted = read("function_calls_total");
                let timed = read("function_duration_seconds_count");
                let made = self.calls.get(&(function, outcome)).copied().unwrap_or(0);
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let expected = made as f64;
                #[expect(clippy::float_cmp, reason = "counts are exact")]
                if counted != expected || timed != expected {
                    wrong.push(format!(
                        "{function}, {outcome}: {counted} calls counted, {timed} timed, {made} made"
                    ));
                }
            }
        }
        wrong
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((function, outcome), calls) in &self.calls {
            writeln!(f, "{function:<12} {outcome:<10} {calls:>8}")?;
        }
        write!(f, "rarest end hit {} times", self.least_hits())
    }
}
