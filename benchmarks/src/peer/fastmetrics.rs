//! `fastmetrics`.

use crate::case::{Case, Job, Worked, pick_user, pick_value, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, Page, Shape};
use fastmetrics::derive::{EncodeLabelValue, LabelSet};
use fastmetrics::format::text::{self, TextProfile};
use fastmetrics::metrics::counter::Counter;
use fastmetrics::metrics::family::Family;
use fastmetrics::metrics::histogram::Histogram;
use fastmetrics::registry::Registry;
use std::sync::LazyLock;
use std::time::Instant;

#[derive(Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Outcome {
    Ok,
    Error,
}

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
struct Call {
    function: &'static str,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[repr(u64)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
struct ByMethod {
    method: Method,
}

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
struct ByUser {
    user: String,
}

fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

static CALLS: LazyLock<Counter> = LazyLock::new(Counter::default);
static OUTCOMES: LazyLock<Family<Call, Counter>> = LazyLock::new(Family::default);
static DURATION: LazyLock<Histogram> = LazyLock::new(histogram);
static BY_METHOD: LazyLock<Family<ByMethod, Counter>> = LazyLock::new(Family::default);
static FEW_USERS: LazyLock<Family<ByUser, Counter>> = LazyLock::new(Family::default);
static MANY_USERS: LazyLock<Family<ByUser, Counter>> = LazyLock::new(Family::default);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "fastmetrics", |x| {
            CALLS.inc();
            work(x)
        }),
        Case::new(Job::Counted, "fastmetrics", counted),
        Case::new(Job::Timed, "fastmetrics", |x| timed(x, work)).with_instants(),
        Case::new(Job::TimedAsync, "fastmetrics", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                DURATION.observe(start.elapsed().as_secs_f64());
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "fastmetrics", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Closed1, "fastmetrics", |x| {
            let method = pick_value::<0, _>(&METHODS, x);
            BY_METHOD.with_or_new(&ByMethod { method }, Counter::inc);
            work(x)
        }),
        Case::new(Job::Open16, "fastmetrics", |x| {
            let user = pick_user::<16>(x).to_owned();
            FEW_USERS.with_or_new(&ByUser { user }, Counter::inc);
            work(x)
        }),
        Case::new(Job::Open1000, "fastmetrics", |x| {
            let user = pick_user::<1_000>(x).to_owned();
            MANY_USERS.with_or_new(&ByUser { user }, Counter::inc);
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
    let call = Call {
        function: "work",
        outcome,
    };
    OUTCOMES.with_or_new(&call, Counter::inc);
    worked
}

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    DURATION.observe(start.elapsed().as_secs_f64());
    worked
}

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
struct Series {
    service: String,
    method: String,
    status: String,
}

impl From<[String; 3]> for Series {
    fn from([service, method, status]: [String; 3]) -> Self {
        Self {
            service,
            method,
            status,
        }
    }
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "fastmetrics",
        build: |shape| {
            let registry = registry(shape);
            Encode::Fresh(Box::new(move || {
                let mut page = String::new();
                text::encode(&mut page, &registry, TextProfile::default())
                    .expect("a string takes everything");
                Page::Text(page)
            }))
        },
    }]
}

fn registry(shape: Shape) -> Registry {
    let mut registry = Registry::default();
    for family in shape.families() {
        let done = if shape.histograms {
            let made = Family::<Series, Histogram>::new(histogram);
            for series in family.series() {
                made.with_or_new(&Series::from(series.values.clone()), |histogram| {
                    series
                        .observations()
                        .for_each(|value| histogram.observe(value));
                });
            }
            registry.register(family.name, HELP, made).map(|_| ())
        } else {
            let made = Family::<Series, Counter>::default();
            for series in family.series() {
                made.with_or_new(&Series::from(series.values.clone()), |counter| {
                    counter.inc_by(series.count());
                });
            }
            registry
                .register(family.stem().to_owned(), HELP, made)
                .map(|_| ())
        };
        done.expect("the name is new");
    }
    registry
}
