//! `metrics` with `metrics-exporter-prometheus`.
//!
//! The exporter keeps samples of histograms until it is told to fold them, so
//! its rows do that every 4,096 calls.

use crate::case::{Case, Job, Worked, pick_user, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, SeriesShape, Shape};
use metrics::{Counter, Histogram, Label, counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::LazyLock;
use std::time::Instant;

static HANDLE: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let builder = builder.expect("there are buckets");
    builder
        .install_recorder()
        .expect("no other recorder is installed")
});

static CALLS_CACHED: LazyLock<Counter> = LazyLock::new(|| counter!("calls_cached_total"));
static OK_CACHED: LazyLock<Counter> =
    LazyLock::new(|| counter!("outcomes_cached_total", "outcome" => "ok"));
static ERROR_CACHED: LazyLock<Counter> =
    LazyLock::new(|| counter!("outcomes_cached_total", "outcome" => "error"));
static DURATION_CACHED: LazyLock<Histogram> =
    LazyLock::new(|| histogram!("duration_cached_seconds"));

pub(crate) fn cases() -> Vec<Case> {
    LazyLock::force(&HANDLE);
    vec![
        Case::new(Job::Counter, "metrics macro", |x| {
            counter!("calls_total", "function" => "work", "module" => "benchmarks").increment(1);
            work(x)
        }),
        Case::new(Job::Counter, "metrics cached", |x| {
            CALLS_CACHED.increment(1);
            work(x)
        }),
        Case::new(Job::Counted, "metrics macro", counted),
        Case::new(Job::Counted, "metrics cached", counted_cached),
        Case::new(Job::Timed, "metrics macro", |x| timed(x, work)).with_instants(),
        Case::new(Job::Timed, "metrics cached", |x| {
            let start = Instant::now();
            let worked = work(x);
            DURATION_CACHED.record(start.elapsed());
            fold(x);
            worked
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "metrics macro", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                observe(start);
                fold(x);
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "metrics macro", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Open16, "metrics macro", |x| {
            counter!("few_users_total", "user" => pick_user::<16>(x)).increment(1);
            work(x)
        }),
        Case::new(Job::Open1000, "metrics macro", |x| {
            counter!("many_users_total", "user" => pick_user::<1_000>(x)).increment(1);
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    let outcome = if worked.is_ok() { "ok" } else { "error" };
    counter!("outcomes_total", "function" => "work", "outcome" => outcome).increment(1);
    worked
}

fn counted_cached(x: u64) -> Worked {
    let worked = work(x);
    if worked.is_ok() {
        OK_CACHED.increment(1);
    } else {
        ERROR_CACHED.increment(1);
    }
    worked
}

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    observe(start);
    fold(x);
    worked
}

fn observe(start: Instant) {
    histogram!("duration_seconds", "function" => "work", "module" => "benchmarks")
        .record(start.elapsed());
}

fn fold(x: u64) {
    if x.is_multiple_of(4_096) {
        HANDLE.run_upkeep();
    }
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "metrics-exporter-prometheus",
        build: |shape| {
            let handle = registry(shape);
            Encode::Fresh(Box::new(move || Page::Text(handle.render())))
        },
    }]
}

fn labels(series: &SeriesShape) -> Vec<Label> {
    let pairs = LABELS.into_iter().zip(series.values.clone());
    pairs
        .map(|(label, value)| Label::new(label, value))
        .collect()
}

fn registry(shape: Shape) -> PrometheusHandle {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let recorder = builder.expect("there are buckets").build_recorder();
    let handle = recorder.handle();
    with_local_recorder(&recorder, || {
        for family in shape.families() {
            let name = family.name.clone();
            if shape.histograms {
                metrics::describe_histogram!(name.clone(), HELP);
                for series in family.series() {
                    let made = histogram!(name.clone(), labels(&series));
                    series.observations().for_each(|value| made.record(value));
                }
            } else {
                metrics::describe_counter!(name.clone(), HELP);
                for series in family.series() {
                    counter!(name.clone(), labels(&series)).increment(series.count());
                }
            }
        }
    });
    handle.run_upkeep();
    handle
}
