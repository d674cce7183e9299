//! `prometheus`: by hand the usual way, and with handles that were looked up
//! before.

use crate::case::{Case, Job, Worked, pick_user, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, Shape};
use prometheus::{
    Encoder as _, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts,
    Registry, TextEncoder,
};
use std::sync::LazyLock;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

fn counter_vec(name: &str, labels: &[&str]) -> IntCounterVec {
    let vec = IntCounterVec::new(Opts::new(name, HELP), labels).expect("the names are valid");
    REGISTRY
        .register(Box::new(vec.clone()))
        .expect("the name is new");
    vec
}

static CALLS: LazyLock<IntCounterVec> =
    LazyLock::new(|| counter_vec("calls_total", &["function", "module"]));
static CALLS_CACHED: LazyLock<IntCounter> =
    LazyLock::new(|| CALLS.with_label_values(&["cached", "benchmarks"]));

static OUTCOMES: LazyLock<IntCounterVec> =
    LazyLock::new(|| counter_vec("outcomes_total", &["function", "outcome"]));
static OK_CACHED: LazyLock<IntCounter> =
    LazyLock::new(|| OUTCOMES.with_label_values(&["cached", "ok"]));
static ERROR_CACHED: LazyLock<IntCounter> =
    LazyLock::new(|| OUTCOMES.with_label_values(&["cached", "error"]));

static DURATIONS: LazyLock<HistogramVec> = LazyLock::new(|| {
    let options = HistogramOpts::new("duration_seconds", HELP).buckets(BOUNDS.to_vec());
    let vec = HistogramVec::new(options, &["function", "module"]).expect("the names are valid");
    REGISTRY
        .register(Box::new(vec.clone()))
        .expect("the name is new");
    vec
});
static DURATION_CACHED: LazyLock<Histogram> =
    LazyLock::new(|| DURATIONS.with_label_values(&["cached", "benchmarks"]));

static FEW_USERS: LazyLock<IntCounterVec> =
    LazyLock::new(|| counter_vec("few_users_total", &["user"]));
static MANY_USERS: LazyLock<IntCounterVec> =
    LazyLock::new(|| counter_vec("many_users_total", &["user"]));

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "prometheus with_label_values", |x| {
            CALLS.with_label_values(&["work", "benchmarks"]).inc();
            work(x)
        }),
        Case::new(Job::Counter, "prometheus cached", |x| {
            CALLS_CACHED.inc();
            work(x)
        }),
        Case::new(Job::Counted, "prometheus with_label_values", counted),
        Case::new(Job::Counted, "prometheus cached", counted_cached),
        Case::new(Job::Timed, "prometheus with_label_values", |x| {
            let _timer = DURATIONS
                .with_label_values(&["work", "benchmarks"])
                .start_timer();
            work(x)
        })
        .with_instants(),
        Case::new(Job::Timed, "prometheus cached", |x| {
            let _timer = DURATION_CACHED.start_timer();
            work(x)
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "prometheus with_label_values", |x| {
            poll(timed_async(x))
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "prometheus cached", |x| {
            poll(timed_async_cached(x))
        })
        .with_instants(),
        Case::new(Job::Both, "prometheus with_label_values", |x| {
            let _timer = DURATIONS
                .with_label_values(&["work", "benchmarks"])
                .start_timer();
            counted(x)
        })
        .with_instants(),
        Case::new(Job::Both, "prometheus cached", |x| {
            let _timer = DURATION_CACHED.start_timer();
            counted_cached(x)
        })
        .with_instants(),
        Case::new(Job::Open16, "prometheus with_label_values", |x| {
            FEW_USERS.with_label_values(&[pick_user::<16>(x)]).inc();
            work(x)
        }),
        Case::new(Job::Open1000, "prometheus with_label_values", |x| {
            MANY_USERS.with_label_values(&[pick_user::<1_000>(x)]).inc();
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    let outcome = if worked.is_ok() { "ok" } else { "error" };
    OUTCOMES.with_label_values(&["work", outcome]).inc();
    worked
}

fn counted_cached(x: u64) -> Worked {
    let worked = work(x);
    if worked.is_ok() {
        OK_CACHED.inc();
    } else {
        ERROR_CACHED.inc();
    }
    worked
}

async fn timed_async(x: u64) -> Worked {
    let _timer = DURATIONS
        .with_label_values(&["work", "benchmarks"])
        .start_timer();
    work_async(x).await
}

async fn timed_async_cached(x: u64) -> Worked {
    let _timer = DURATION_CACHED.start_timer();
    work_async(x).await
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "prometheus",
        build: |shape| {
            let registry = registry(shape);
            Encode::Fresh(Box::new(move || {
                let mut page = Vec::new();
                TextEncoder::new()
                    .encode(&registry.gather(), &mut page)
                    .expect("a vector takes everything");
                Page::Binary(page)
            }))
        },
    }]
}

fn registry(shape: Shape) -> Registry {
    let registry = Registry::new();
    for family in shape.families() {
        if shape.histograms {
            let options = HistogramOpts::new(&family.name, HELP).buckets(BOUNDS.to_vec());
            let vec = HistogramVec::new(options, &LABELS).expect("the names are valid");
            for series in family.series() {
                let histogram = vec.with_label_values(&series.values());
                series
                    .observations()
                    .for_each(|value| histogram.observe(value));
            }
            registry.register(Box::new(vec)).expect("the name is new");
        } else {
            let vec = IntCounterVec::new(Opts::new(&family.name, HELP), &LABELS)
                .expect("the names are valid");
            for series in family.series() {
                vec.with_label_values(&series.values())
                    .inc_by(series.count());
            }
            registry.register(Box::new(vec)).expect("the name is new");
        }
    }
    registry
}
