//! `measured` 0.0.25.

use crate::case::{Case, Job, Worked, pick_user, pick_value, poll, work, work_async};
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, Page, Shape};
use measured::metric::MetricFamilyEncoding;
use measured::metric::group::Encoding;
use measured::metric::histogram::Thresholds;
use measured::metric::name::MetricName;
use measured::text::BufferedTextEncoder;
use measured::{Counter, CounterVec, FixedCardinalityLabel, Histogram, HistogramVec, LabelGroup};
use paracord::ParaCord;
use std::sync::LazyLock;

const BUCKETS: usize = BOUNDS.len();

#[derive(Clone, Copy, FixedCardinalityLabel)]
enum Outcome {
    Ok,
    Error,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ByOutcomeSet)]
struct ByOutcome {
    outcome: Outcome,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
#[repr(u64)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
#[repr(u64)]
enum Status {
    Ok,
    Moved,
    Denied,
    Broken,
}

#[derive(Clone, Copy, FixedCardinalityLabel)]
#[repr(u64)]
enum Tier {
    Free,
    Basic,
    Pro,
    Team,
}

static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];
static STATUSES: [Status; 4] = [Status::Ok, Status::Broken, Status::Moved, Status::Denied];
static TIERS: [Tier; 4] = [Tier::Pro, Tier::Free, Tier::Team, Tier::Basic];

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ByMethodSet)]
struct ByMethod {
    method: Method,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ByStatusSet)]
struct ByStatus {
    method: Method,
    status: Status,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ByTierSet)]
struct ByTier {
    method: Method,
    status: Status,
    tier: Tier,
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = ByUserSet)]
struct ByUser<'a> {
    #[label(dynamic_with = ParaCord)]
    user: &'a str,
}

static CALLS: LazyLock<Counter> = LazyLock::new(Counter::new);
static OUTCOMES: LazyLock<CounterVec<ByOutcomeSet>> =
    LazyLock::new(|| CounterVec::with_label_set(ByOutcomeSet::new()));
static DURATION: LazyLock<Histogram<BUCKETS>> =
    LazyLock::new(|| Histogram::with_metadata(Thresholds::with_buckets(BOUNDS)));
static BY_METHOD: LazyLock<CounterVec<ByMethodSet>> =
    LazyLock::new(|| CounterVec::with_label_set(ByMethodSet::new()));
static BY_STATUS: LazyLock<CounterVec<ByStatusSet>> =
    LazyLock::new(|| CounterVec::with_label_set(ByStatusSet::new()));
static BY_TIER: LazyLock<CounterVec<ByTierSet>> =
    LazyLock::new(|| CounterVec::with_label_set(ByTierSet::new()));

fn by_user() -> CounterVec<ByUserSet> {
    CounterVec::with_label_set(ByUserSet {
        user: ParaCord::default(),
    })
}

static FEW_USERS: LazyLock<CounterVec<ByUserSet>> = LazyLock::new(by_user);
static MANY_USERS: LazyLock<CounterVec<ByUserSet>> = LazyLock::new(by_user);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "measured", |x| {
            CALLS.get_metric().inc();
            work(x)
        }),
        Case::new(Job::Counted, "measured", counted),
        Case::new(Job::Timed, "measured", |x| {
            let _timer = DURATION.start_timer();
            work(x)
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "measured", |x| {
            poll(async move {
                let _timer = DURATION.start_timer();
                work_async(x).await
            })
        })
        .with_instants(),
        Case::new(Job::Both, "measured", |x| {
            let _timer = DURATION.start_timer();
            counted(x)
        })
        .with_instants(),
        Case::new(Job::Closed1, "measured", |x| {
            let method = pick_value::<0, _>(&METHODS, x);
            BY_METHOD.inc(ByMethod { method });
            work(x)
        }),
        Case::new(Job::Closed2, "measured", |x| {
            let method = pick_value::<0, _>(&METHODS, x);
            let status = pick_value::<1, _>(&STATUSES, x);
            BY_STATUS.inc(ByStatus { method, status });
            work(x)
        }),
        Case::new(Job::Closed3, "measured", |x| {
            let method = pick_value::<0, _>(&METHODS, x);
            let status = pick_value::<1, _>(&STATUSES, x);
            let tier = pick_value::<2, _>(&TIERS, x);
            BY_TIER.inc(ByTier {
                method,
                status,
                tier,
            });
            work(x)
        }),
        Case::new(Job::Open16, "measured", |x| {
            let user = pick_user::<16>(x);
            FEW_USERS.inc(ByUser { user });
            work(x)
        }),
        Case::new(Job::Open1000, "measured", |x| {
            let user = pick_user::<1_000>(x);
            MANY_USERS.inc(ByUser { user });
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
    OUTCOMES.inc(ByOutcome { outcome });
    worked
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = SeriesSet)]
struct Series<'a> {
    #[label(dynamic_with = ParaCord)]
    service: &'a str,
    #[label(dynamic_with = ParaCord)]
    method: &'a str,
    #[label(dynamic_with = ParaCord)]
    status: &'a str,
}

impl<'a> From<[&'a str; 3]> for Series<'a> {
    fn from([service, method, status]: [&'a str; 3]) -> Self {
        Self {
            service,
            method,
            status,
        }
    }
}

fn series_set() -> SeriesSet {
    SeriesSet {
        service: ParaCord::default(),
        method: ParaCord::default(),
        status: ParaCord::default(),
    }
}

enum Made {
    Counters(CounterVec<SeriesSet>),
    Histograms(HistogramVec<SeriesSet, BUCKETS>),
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![Encoder {
        name: "measured",
        build: |shape| {
            let families = families(shape);
            Encode::Fresh(Box::new(move || {
                let mut encoder = BufferedTextEncoder::new();
                for (name, made) in &families {
                    let name = MetricName::from_str(name);
                    let done = encoder.write_help(name, HELP).and_then(|()| match made {
                        Made::Counters(made) => made.collect_family_into(name, &mut encoder),
                        Made::Histograms(made) => made.collect_family_into(name, &mut encoder),
                    });
                    done.expect("a buffer takes everything");
                }
                Page::Shared(encoder.finish())
            }))
        },
    }]
}

/// It takes names for ever only.
fn families(shape: Shape) -> Vec<(&'static str, Made)> {
    let family = |family: crate::exposition::FamilyShape| {
        let made = if shape.histograms {
            let thresholds = Thresholds::with_buckets(BOUNDS);
            let made = HistogramVec::with_label_set_and_metadata(series_set(), thresholds);
            for series in family.series() {
                let labels = Series::from(series.values());
                series
                    .observations()
                    .for_each(|value| made.observe(labels, value));
            }
            Made::Histograms(made)
        } else {
            let made = CounterVec::with_label_set(series_set());
            for series in family.series() {
                made.inc_by(Series::from(series.values()), series.count());
            }
            Made::Counters(made)
        };
        (&*family.name.leak(), made)
    };
    shape.families().map(family).collect()
}
