//! What the samples say.

use super::book::{Book, Track};
use super::quantile::quantile;
use super::ring::Values;
use super::sampler::EVERY;
use super::source::Part;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Endpoints and functions that are listed: those with the most requests or calls.
const MOST_LISTED: usize = 100;

/// Functions that are listed as slow.
const SLOWEST: usize = 10;

#[derive(Debug, Serialize)]
pub(in crate::endpoint) struct Report {
    interval_seconds: f64,
    untracked_series: usize,
    pub(super) windows: Vec<Period>,
}

#[derive(Debug, Serialize)]
pub(super) struct Period {
    /// What was asked for.
    window_seconds: u64,
    /// What there are samples of: less in a program that is younger.
    pub(super) covered_seconds: f64,
    pub(super) requests: Traffic,
    pub(super) endpoints: Vec<OfEndpoint>,
    pub(super) functions: Vec<OfFunction>,
    pub(super) slowest_functions: Vec<OfFunction>,
    pub(super) caches: Vec<OfCache>,
    pub(super) models: Vec<OfModel>,
}

/// Requests or calls: how many, how often, how well, how fast. Seconds; `null` where
/// nothing happened.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Traffic {
    pub(super) count: f64,
    pub(super) per_second: Option<f64>,
    pub(super) error_share: Option<f64>,
    pub(super) mean_seconds: Option<f64>,
    pub(super) p50_seconds: Option<f64>,
    pub(super) p95_seconds: Option<f64>,
    pub(super) p99_seconds: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct OfEndpoint {
    method: String,
    pub(super) endpoint: String,
    #[serde(flatten)]
    pub(super) traffic: Traffic,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct OfFunction {
    pub(super) function: String,
    module: String,
    #[serde(flatten)]
    pub(super) traffic: Traffic,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct OfCache {
    pub(super) cache: String,
    pub(super) hits: f64,
    pub(super) misses: f64,
    pub(super) hit_rate: Option<f64>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct OfModel {
    pub(super) model: String,
    pub(super) inserts: f64,
    pub(super) updates: f64,
    pub(super) deletes: f64,
    pub(super) reads: f64,
}

impl Report {
    pub(super) fn new(book: &Book, now: Duration, values: &Values) -> Self {
        let windows = book.rings.iter().map(|ring| {
            let base = ring.base(now);
            let change = Change {
                now: values,
                base: base.map_or(&[], |(_, values)| values),
                seconds: base.map_or(0.0, |(at, _)| now.saturating_sub(*at).as_secs_f64()),
            };
            Period::new(book, ring.span.as_secs(), &change)
        });
        Self {
            interval_seconds: EVERY.as_secs_f64(),
            untracked_series: book.untracked,
            windows: windows.collect(),
        }
    }
}

/// What has changed since the beginning of a window.
struct Change<'a> {
    now: &'a [f64],
    base: &'a [f64],
    seconds: f64,
}

impl Change<'_> {
    /// The change of each column. One that the base doesn't have has begun at zero since.
    fn of(&self, track: &Track) -> Vec<f64> {
        let columns = track.first..track.first + track.width;
        let change = columns.map(|column| {
            let at = |values: &[f64]| values.get(column).copied().unwrap_or(0.0);
            (at(self.now) - at(self.base)).max(0.0)
        });
        change.collect()
    }
}

fn share(part: f64, all: f64) -> Option<f64> {
    (all > 0.0).then(|| part / all)
}

/// What is added up for an endpoint, a function, or all endpoints.
#[derive(Clone, Debug, Default)]
struct Sums {
    count: f64,
    errors: f64,
    bounds: Vec<f64>,
    observed: Vec<f64>,
    observed_errors: f64,
    seconds: f64,
}

impl Sums {
    fn add_counter(&mut self, change: &[f64]) {
        if let [count, errors] = change {
            self.count += count;
            self.errors += errors;
        }
    }

    fn add_histogram(&mut self, change: &[f64], bounds: &[f64]) {
        let [counts @ .., errors, seconds] = change else {
            return;
        };
        self.seconds += seconds;
        self.observed_errors += errors;
        self.bounds = bounds.to_vec();
        self.observed
            .resize(counts.len().max(self.observed.len()), 0.0);
        for (sum, count) in self.observed.iter_mut().zip(counts) {
            *sum += count;
        }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.errors += other.errors;
        if !other.observed.is_empty() {
            let counts = other.observed.iter().copied();
            let change = counts.chain([other.observed_errors, other.seconds]);
            let change: Vec<f64> = change.collect();
            self.add_histogram(&change, &other.bounds);
        }
    }

    fn traffic(&self, window: f64) -> Traffic {
        let observed: f64 = self.observed.iter().sum();
        // What is timed only isn't counted.
        let (count, errors) = if self.count > 0.0 {
            (self.count, self.errors)
        } else {
            (observed, self.observed_errors)
        };
        let quantile = |q| quantile(q, &self.bounds, &self.observed);
        Traffic {
            count,
            per_second: share(count, window),
            error_share: share(errors, count),
            mean_seconds: share(self.seconds, observed),
            p50_seconds: quantile(0.5),
            p95_seconds: quantile(0.95),
            p99_seconds: quantile(0.99),
        }
    }
}

/// By the values of two labels.
type ByPair = BTreeMap<(String, String), Sums>;

impl Period {
    fn new(book: &Book, span: u64, change: &Change<'_>) -> Self {
        let mut endpoints = ByPair::new();
        let mut functions = ByPair::new();
        let mut caches: BTreeMap<String, OfCache> = BTreeMap::new();
        let mut models: BTreeMap<String, OfModel> = BTreeMap::new();
        for track in &book.tracks {
            let columns = change.of(track);
            let count = columns.first().copied().unwrap_or(0.0);
            if columns.iter().all(|&change| change <= 0.0) {
                continue;
            }
            let mut key = track.key.iter().cloned();
            let first = key.next().unwrap_or_default();
            let mut pair = || (first.clone(), key.next().unwrap_or_default());
            let bounds = track.family.bounds.values();
            match track.part {
                Part::Requests => endpoints.entry(pair()).or_default().add_counter(&columns),
                Part::RequestDuration => {
                    let sums = endpoints.entry(pair()).or_default();
                    sums.add_histogram(&columns, bounds);
                }
                Part::Calls => functions.entry(pair()).or_default().add_counter(&columns),
                Part::CallDuration => {
                    let sums = functions.entry(pair()).or_default();
                    sums.add_histogram(&columns, bounds);
                }
                Part::CacheHits => caches.entry(first).or_default().hits += count,
                Part::CacheMisses => caches.entry(first).or_default().misses += count,
                Part::ModelInserts => models.entry(first).or_default().inserts += count,
                Part::ModelUpdates => models.entry(first).or_default().updates += count,
                Part::ModelDeletes => models.entry(first).or_default().deletes += count,
                Part::ModelReads => models.entry(first).or_default().reads += count,
            }
        }
        let seconds = change.seconds;
        let mut all = Sums::default();
        for sums in endpoints.values() {
            all.add(sums);
        }
        let endpoints = endpoints
            .into_iter()
            .map(|((method, endpoint), sums)| OfEndpoint {
                method,
                endpoint,
                traffic: sums.traffic(seconds),
            });
        let functions = functions
            .into_iter()
            .map(|((function, module), sums)| OfFunction {
                function,
                module,
                traffic: sums.traffic(seconds),
            });
        let functions: Vec<OfFunction> = functions.collect();
        Self {
            window_seconds: span,
            covered_seconds: seconds,
            requests: all.traffic(seconds),
            endpoints: most(endpoints.collect(), |it| it.traffic.count, MOST_LISTED),
            slowest_functions: most(
                functions.clone(),
                |it| it.traffic.p95_seconds.unwrap_or(-1.0),
                SLOWEST,
            ),
            functions: most(functions, |it| it.traffic.count, MOST_LISTED),
            caches: caches
                .into_iter()
                .map(|(name, cache)| OfCache {
                    cache: name,
                    hit_rate: share(cache.hits, cache.hits + cache.misses),
                    ..cache
                })
                .collect(),
            models: models
                .into_iter()
                .map(|(name, model)| OfModel {
                    model: name,
                    ..model
                })
                .collect(),
        }
    }
}

/// Those with the highest rank, the highest first; equal ones stay as they are.
fn most<T>(mut list: Vec<T>, rank: impl Fn(&T) -> f64, most: usize) -> Vec<T> {
    list.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    list.truncate(most);
    list
}
