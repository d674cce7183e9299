//! `opentelemetry_sdk`, read by `opentelemetry-prometheus`.

use crate::case::{Case, Job, Worked, pick_user, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, SeriesShape, Shape};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder as _, Registry, TextEncoder};
use std::sync::LazyLock;
use std::time::Instant;

fn provider() -> (SdkMeterProvider, Registry) {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .expect("the registry is new");
    let provider = SdkMeterProvider::builder().with_reader(exporter).build();
    (provider, registry)
}

static PROVIDER: LazyLock<SdkMeterProvider> = LazyLock::new(|| provider().0);
static METER: LazyLock<Meter> = LazyLock::new(|| PROVIDER.meter("benchmarks"));

fn counter(name: &'static str) -> Counter<u64> {
    METER.u64_counter(name).with_description(HELP).build()
}

fn histogram(meter: &Meter, name: String) -> Histogram<f64> {
    let builder = meter.f64_histogram(name).with_description(HELP);
    builder.with_boundaries(BOUNDS.to_vec()).build()
}

static BARE: LazyLock<Counter<u64>> = LazyLock::new(|| counter("bare"));
static CALLS: LazyLock<Counter<u64>> = LazyLock::new(|| counter("calls"));
static OUTCOMES: LazyLock<Counter<u64>> = LazyLock::new(|| counter("outcomes"));
static DURATIONS: LazyLock<Histogram<f64>> =
    LazyLock::new(|| histogram(&METER, "duration_seconds".to_owned()));
static FEW_USERS: LazyLock<Counter<u64>> = LazyLock::new(|| counter("few_users"));
static MANY_USERS: LazyLock<Counter<u64>> = LazyLock::new(|| counter("many_users"));

fn function() -> [KeyValue; 2] {
    [
        KeyValue::new("function", "work"),
        KeyValue::new("module", "benchmarks"),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "opentelemetry without attributes", |x| {
            BARE.add(1, &[]);
            work(x)
        }),
        Case::new(Job::Counter, "opentelemetry", |x| {
            CALLS.add(1, &function());
            work(x)
        }),
        Case::new(Job::Counted, "opentelemetry", counted),
        Case::new(Job::Timed, "opentelemetry", |x| timed(x, work)).with_instants(),
        Case::new(Job::TimedAsync, "opentelemetry", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                DURATIONS.record(start.elapsed().as_secs_f64(), &function());
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "opentelemetry", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Open16, "opentelemetry", |x| {
            FEW_USERS.add(1, &[KeyValue::new("user", pick_user::<16>(x))]);
            work(x)
        }),
        Case::new(Job::Open1000, "opentelemetry", |x| {
            MANY_USERS.add(1, &[KeyValue::new("user", pick_user::<1_000>(x))]);
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    let outcome = if worked.is_ok() { "ok" } else { "error" };
    let attributes = [
        KeyValue::new("function", "work"),
        KeyValue::new("outcome", outcome),
    ];
    OUTCOMES.add(1, &attributes);
    worked
}

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    DURATIONS.record(start.elapsed().as_secs_f64(), &function());
    worked
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "opentelemetry-prometheus",
        build: |shape| {
            let (provider, registry) = registry(shape);
            Encode::Fresh(Box::new(move || {
                // The registry's collector is the provider's reader.
                let _alive = &provider;
                let mut page = Vec::new();
                TextEncoder::new()
                    .encode(&registry.gather(), &mut page)
                    .expect("a vector takes everything");
                Page::Binary(page)
            }))
        },
    }]
}

fn attributes(series: &SeriesShape) -> [KeyValue; 3] {
    let [a, b, c] = series.values.clone();
    [
        KeyValue::new(LABELS[0], a),
        KeyValue::new(LABELS[1], b),
        KeyValue::new(LABELS[2], c),
    ]
}

fn registry(shape: Shape) -> (SdkMeterProvider, Registry) {
    let (provider, registry) = provider();
    let meter = provider.meter("benchmarks");
    for family in shape.families() {
        if shape.histograms {
            let made = histogram(&meter, family.name.clone());
            for series in family.series() {
                let attributes = attributes(&series);
                series
                    .observations()
                    .for_each(|value| made.record(value, &attributes));
            }
        } else {
            let made = meter.u64_counter(family.stem().to_owned());
            let made = made.with_description(HELP).build();
            for series in family.series() {
                made.add(series.count(), &attributes(&series));
            }
        }
    }
    (provider, registry)
}
