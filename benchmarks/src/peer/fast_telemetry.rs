//! `fast-telemetry`.

use crate::case::{Case, Job, Worked, pick_user, pick_value, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, SeriesShape, Shape};
use fast_telemetry::{
    Counter, DeriveLabel, DynamicCounter, DynamicHistogram, Histogram, LabeledCounter,
    PrometheusExport,
};
use std::sync::LazyLock;
use std::time::Instant;

#[derive(Clone, Copy, Debug, DeriveLabel)]
#[label_name = "outcome"]
enum Outcome {
    Ok,
    Error,
}

#[derive(Clone, Copy, Debug, DeriveLabel)]
#[label_name = "method"]
#[repr(u64)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];

/// As many as its documentation advises: one for each core.
fn shards() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Its values are integers; these are nanoseconds.
static NANOS: LazyLock<Vec<u64>> = LazyLock::new(|| BOUNDS.map(|bound| whole(bound * 1e9)).into());

#[expect(clippy::cast_possible_truncation, reason = "ten seconds at most")]
#[expect(clippy::cast_sign_loss, reason = "positive")]
fn whole(value: f64) -> u64 {
    value as u64
}

static CALLS: LazyLock<Counter> = LazyLock::new(|| Counter::new(shards()));
static OUTCOMES: LazyLock<LabeledCounter<Outcome>> =
    LazyLock::new(|| LabeledCounter::new(shards()));
static DURATION: LazyLock<Histogram> = LazyLock::new(|| Histogram::new(&NANOS, shards()));
static BY_METHOD: LazyLock<LabeledCounter<Method>> =
    LazyLock::new(|| LabeledCounter::new(shards()));
static FEW_USERS: LazyLock<DynamicCounter> = LazyLock::new(|| DynamicCounter::new(shards()));
static MANY_USERS: LazyLock<DynamicCounter> = LazyLock::new(|| DynamicCounter::new(shards()));

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "fast-telemetry", |x| {
            CALLS.inc();
            work(x)
        }),
        Case::new(Job::Counted, "fast-telemetry", counted),
        Case::new(Job::Timed, "fast-telemetry", |x| timed(x, work)).with_instants(),
        Case::new(Job::TimedAsync, "fast-telemetry", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                observe(start);
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "fast-telemetry", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Closed1, "fast-telemetry", |x| {
            BY_METHOD.inc(pick_value::<0, _>(&METHODS, x));
            work(x)
        }),
        Case::new(Job::Open16, "fast-telemetry", |x| {
            FEW_USERS.inc(&[("user", pick_user::<16>(x))]);
            work(x)
        }),
        Case::new(Job::Open1000, "fast-telemetry", |x| {
            MANY_USERS.inc(&[("user", pick_user::<1_000>(x))]);
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    OUTCOMES.inc(if worked.is_ok() {
        Outcome::Ok
    } else {
        Outcome::Error
    });
    worked
}

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    observe(start);
    worked
}

fn observe(start: Instant) {
    DURATION.record(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "fast-telemetry",
        build: |shape| {
            let families = families(shape);
            Encode::Fresh(Box::new(move || {
                let mut page = String::new();
                for (name, made) in &families {
                    made.export_prometheus(&mut page, name, HELP);
                }
                Page::Text(page)
            }))
        },
    }]
}

fn labels(series: &SeriesShape) -> [(&str, &str); 3] {
    let values = series.values();
    [
        (LABELS[0], values[0]),
        (LABELS[1], values[1]),
        (LABELS[2], values[2]),
    ]
}

fn families(shape: Shape) -> Vec<(String, Box<dyn PrometheusExport>)> {
    let family = |family: crate::exposition::FamilyShape| {
        let made: Box<dyn PrometheusExport> = if shape.histograms {
            let made = DynamicHistogram::new(&NANOS, shards());
            for series in family.series() {
                let observe = |value| made.record(&labels(&series), whole(value * 1e9));
                series.observations().for_each(observe);
            }
            Box::new(made)
        } else {
            let made = DynamicCounter::new(shards());
            for series in family.series() {
                let count = isize::try_from(series.count()).unwrap_or(isize::MAX);
                made.add(&labels(&series), count);
            }
            Box::new(made)
        };
        (family.name, made)
    };
    shape.families().map(family).collect()
}
