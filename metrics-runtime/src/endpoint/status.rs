//! `GET /status`: how the toolkit itself does.

use super::answer::Answer;
use crate::desc::Kind;
use crate::outcome::Outcome;
use crate::record::{FamilyCore, created};
use crate::{Metrics, Registry, global};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Serialize)]
struct Status {
    enabled: bool,
    version: &'static str,
    uptime_seconds: f64,
    families: usize,
    series: usize,
    memory_bytes: usize,
    pages: u64,
    pages_seconds: f64,
    last_scrape: Option<LastScrape>,
    conflicts: u64,
    overflows: BTreeMap<String, u64>,
    dropped_observations: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct LastScrape {
    timestamp_seconds: f64,
    duration_seconds: f64,
    bytes: usize,
    format: &'static str,
}

/// How the toolkit does. Only families in cells are looked at, so that no collector
/// runs.
pub(super) fn answer(metrics: &Metrics) -> Answer {
    let registry = metrics.registry();
    let families = registry.gather();
    let mut series = 0;
    let mut memory = OF_REGISTRY;
    for (_, family) in &families {
        series += family.series().iter().filter(|it| it.shown).count();
        memory += memory_of(family);
    }
    let scrapes = metrics.scrapes();
    let last = scrapes.last.map(|last| LastScrape {
        timestamp_seconds: unix_seconds(last.at),
        duration_seconds: last.duration.as_secs_f64(),
        bytes: last.bytes,
        format: last.format.as_str(),
    });
    Answer::json(&Status {
        enabled: crate::config::recording(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: f64::from(created::now()) / 10.0,
        families: families.len(),
        series,
        memory_bytes: memory,
        pages: scrapes.pages,
        pages_seconds: scrapes.making.as_secs_f64(),
        last_scrape: last,
        conflicts: counters(registry, "metrics_conflicts_total").values().sum(),
        overflows: counters(registry, "metrics_series_overflow_total"),
        // They are counted in the global registry, whichever the histogram is in.
        dropped_observations: counters(global(), "metrics_dropped_observations_total"),
    })
}

fn unix_seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH);
    // Before 1970 there is no time to tell.
    since.unwrap_or_default().as_secs_f64()
}

/// The counters of a family with at most one label, by that one's value.
fn counters(registry: &Registry, name: &str) -> BTreeMap<String, u64> {
    let families = registry.families_beyond(0);
    let families = families.map_or_else(Vec::new, |(_, families)| families);
    let family = families.into_iter().find(|(own, _)| own == name);
    let series = family
        .map(|(_, family)| family.series())
        .unwrap_or_default();
    let counters = series.into_iter().map(|series| {
        let value = FamilyCore::counter(series.cell).get();
        (series.values.into_iter().next().unwrap_or_default(), value)
    });
    counters.filter(|(_, value)| *value > 0).collect()
}

// The formula is that of `Registry`'s documentation.

const OF_REGISTRY: usize = 4_000;
const OF_FAMILY: usize = 700;
const OF_BUCKET: usize = 80;
const OF_LABEL_SET: usize = 67;
const OF_HISTOGRAM: usize = 24;
const OF_COUNT: usize = 8;

/// Bytes that a family takes on the heap once it was served, cells aside.
fn memory_of(family: &FamilyCore) -> usize {
    let buckets = if family.schema.kind == Kind::Histogram {
        family.bounds.values().len() + 1
    } else {
        0
    };
    let outcomes = if family.schema.by_outcome {
        Outcome::ALL.len()
    } else {
        1
    };
    let texts: usize = family.rows().map(|row| row.text().len()).sum();
    let combinations = family.combinations().map_or(0, |(_, len)| len);
    let of_combinations: usize = (0..combinations)
        .map(|index| family.combination(index).len())
        .sum();
    let sets = family.len() + combinations;
    let of_counts = match buckets {
        0 => 0,
        buckets => OF_HISTOGRAM + OF_COUNT * buckets,
    };
    OF_FAMILY
        + OF_BUCKET * buckets
        + OF_LABEL_SET * sets
        + texts
        + of_combinations
        + of_counts * (family.len() * outcomes + combinations)
}

#[cfg(test)]
mod tests {
    use super::{OF_FAMILY, OF_LABEL_SET, counters, memory_of};
    use crate::Registry;

    // Mutation: label sets don't count.
    #[test]
    fn memory_grows_with_series_by_the_formula() {
        let registry = Registry::new();
        let calls = registry.counter_family("calls_total", "Calls.", ["path"]);
        let calls = calls.unwrap();
        let of_calls = || {
            let families = registry.gather();
            let mut families = families.iter().filter(|(name, _)| name == "calls_total");
            families.next().map(|(_, family)| memory_of(family))
        };
        assert_eq!(of_calls(), Some(OF_FAMILY));
        calls.with(["/a"]).inc();
        // The text has no last quote.
        let text = "{path=\"/a".len();
        assert_eq!(of_calls(), Some(OF_FAMILY + OF_LABEL_SET + text));
    }

    #[test]
    fn what_went_to_overflow_series_is_told_by_family() {
        let registry = Registry::new();
        let calls = registry.counter_family("calls_total", "Calls.", ["path"]);
        calls.unwrap().with([&"a".repeat(2_000)]).inc();
        let overflows = counters(&registry, "metrics_series_overflow_total");
        assert_eq!(overflows.get("calls_total"), Some(&1));
    }
}
