//! `prometheus-client`: families, and handles that were looked up before.

use crate::case::{Case, Job, Worked, pick_user, pick_value, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, Shape};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::LazyLock;
use std::time::Instant;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Function {
    function: &'static str,
    module: &'static str,
}

const WORK: Function = Function {
    function: "work",
    module: "benchmarks",
};

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
enum Outcome {
    Ok,
    Error,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    function: &'static str,
    outcome: Outcome,
}

const fn call(outcome: Outcome) -> Call {
    Call {
        function: "work",
        outcome,
    }
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
#[repr(u64)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByMethod {
    method: Method,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByUser {
    user: String,
}

type Lazy<L, M> = LazyLock<Family<L, M, fn() -> M>>;

fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

static CALLS: LazyLock<Family<Function, Counter>> = LazyLock::new(Family::default);
static CALLS_CACHED: LazyLock<Counter> = LazyLock::new(|| CALLS.get_or_create_owned(&WORK));
static OUTCOMES: LazyLock<Family<Call, Counter>> = LazyLock::new(Family::default);
static OK_CACHED: LazyLock<Counter> =
    LazyLock::new(|| OUTCOMES.get_or_create_owned(&call(Outcome::Ok)));
static ERROR_CACHED: LazyLock<Counter> =
    LazyLock::new(|| OUTCOMES.get_or_create_owned(&call(Outcome::Error)));
static DURATIONS: Lazy<Function, Histogram> =
    LazyLock::new(|| Family::new_with_constructor(histogram));
static DURATION_CACHED: LazyLock<Histogram> =
    LazyLock::new(|| DURATIONS.get_or_create_owned(&WORK));
static BY_METHOD: LazyLock<Family<ByMethod, Counter>> = LazyLock::new(Family::default);
static FEW_USERS: LazyLock<Family<ByUser, Counter>> = LazyLock::new(Family::default);
static MANY_USERS: LazyLock<Family<ByUser, Counter>> = LazyLock::new(Family::default);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "prometheus-client family", |x| {
            CALLS.get_or_create(&WORK).inc();
            work(x)
        }),
        Case::new(Job::Counter, "prometheus-client cached", |x| {
            CALLS_CACHED.inc();
            work(x)
        }),
        Case::new(Job::Counted, "prometheus-client family", counted),
        Case::new(Job::Counted, "prometheus-client cached", counted_cached),
        Case::new(Job::Timed, "prometheus-client family", |x| timed(x, work)).with_instants(),
        Case::new(Job::Timed, "prometheus-client cached", |x| {
            timed_cached(x, work)
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "prometheus-client family", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                let seconds = start.elapsed().as_secs_f64();
                DURATIONS.get_or_create(&WORK).observe(seconds);
                worked
            })
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "prometheus-client cached", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                DURATION_CACHED.observe(start.elapsed().as_secs_f64());
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "prometheus-client family", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Closed1, "prometheus-client family", |x| {
            let method = pick_value::<0, _>(&METHODS, x);
            BY_METHOD.get_or_create(&ByMethod { method }).inc();
            work(x)
        }),
        Case::new(Job::Open16, "prometheus-client family", |x| {
            let user = pick_user::<16>(x).to_owned();
            FEW_USERS.get_or_create(&ByUser { user }).inc();
            work(x)
        }),
        Case::new(Job::Open1000, "prometheus-client family", |x| {
            let user = pick_user::<1_000>(x).to_owned();
            MANY_USERS.get_or_create(&ByUser { user }).inc();
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    let outcome = if worked.is_ok() {
        Outcome::Ok
    } else {
        Outcome::Error
    };
    OUTCOMES.get_or_create(&call(outcome)).inc();
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

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    let seconds = start.elapsed().as_secs_f64();
    DURATIONS.get_or_create(&WORK).observe(seconds);
    worked
}

fn timed_cached(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    DURATION_CACHED.observe(start.elapsed().as_secs_f64());
    worked
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "prometheus-client",
        build: |shape| {
            let registry = registry(shape);
            Encode::Fresh(Box::new(move || {
                let mut page = String::new();
                text::encode(&mut page, &registry).expect("a string takes everything");
                Page::Text(page)
            }))
        },
    }]
}

type Labels = [(&'static str, String); 3];

fn registry(shape: Shape) -> Registry {
    let mut registry = Registry::default();
    for family in shape.families() {
        // It adds the full stop itself.
        let help = HELP.trim_end_matches('.');
        let labels = |values: [&str; 3]| -> Labels {
            let [a, b, c] = values.map(str::to_owned);
            [(LABELS[0], a), (LABELS[1], b), (LABELS[2], c)]
        };
        if shape.histograms {
            let made =
                Family::<Labels, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
            for series in family.series() {
                let histogram = made.get_or_create(&labels(series.values()));
                series
                    .observations()
                    .for_each(|value| histogram.observe(value));
            }
            registry.register(&family.name, help, made);
        } else {
            let made = Family::<Labels, Counter>::default();
            for series in family.series() {
                let counter = made.get_or_create(&labels(series.values()));
                counter.inc_by(series.count());
            }
            registry.register(family.stem(), help, made);
        }
    }
    registry
}
