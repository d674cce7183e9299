//! This toolkit, through its public attributes.

use crate::case::Case;
use crate::exposition::{BOUNDS, Encode, Encoder, HELP, LABELS, Page, Shape};
use metrics_runtime::{LabelValue, Registry};

#[derive(LabelValue, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

#[derive(LabelValue, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Status {
    Ok,
    Moved,
    Denied,
    Broken,
}

#[derive(LabelValue, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Tier {
    Free,
    Basic,
    Pro,
    Team,
}

pub(crate) static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];
pub(crate) static STATUSES: [Status; 4] =
    [Status::Ok, Status::Broken, Status::Moved, Status::Denied];
pub(crate) static TIERS: [Tier; 4] = [Tier::Pro, Tier::Free, Tier::Team, Tier::Basic];

/// The same functions on series of their own. The first lane is measured beside
/// the peers; with the others, threads work on separate series.
macro_rules! lane {
    ($lane:ident $(($registry:ident = $own:ident))?) => {
        mod $lane {
            use super::{METHODS, Method, STATUSES, Status, TIERS, Tier};
            use crate::case::{Case, Job, Worked, pick_duration, pick_user, pick_value, poll, work, work_async};
            use metrics_runtime::{counted, metrics, timed};
            $(static $own: metrics_runtime::Registry = metrics_runtime::Registry::new();)?

            #[metrics $(($registry = $own))?]
            mod declared {
                /// Calls.
                pub(super) fn calls_total() -> Counter;
                /// Waits.
                pub(super) fn wait_seconds() -> Histogram;
                /// Waits, in native buckets.
                #[buckets(native)]
                pub(super) fn native_wait_seconds() -> Histogram;
                /// Calls by method.
                pub(super) fn method_calls_total(method: Method) -> Counter;
                /// Calls by method and status.
                pub(super) fn status_calls_total(method: Method, status: Status) -> Counter;
                /// Calls by method, status and tier.
                pub(super) fn tier_calls_total(method: Method, status: Status, tier: Tier) -> Counter;
                /// Calls by user, of few.
                pub(super) fn few_users_calls_total(user: &str) -> Counter;
                /// Calls by user, of many.
                pub(super) fn many_users_calls_total(user: &str) -> Counter;
            }

            #[counted $(($registry = $own))?]
            fn counted_call(x: u64) -> Worked {
                work(x)
            }

            #[timed $(($registry = $own))?]
            fn timed_call(x: u64) -> Worked {
                work(x)
            }

            #[timed $(($registry = $own))?]
            async fn timed_async_call(x: u64) -> Worked {
                work_async(x).await
            }

            #[timed $(($registry = $own))?]
            #[counted]
            fn timed_and_counted_call(x: u64) -> Worked {
                work(x)
            }

            #[timed(name = "sampled_calls_seconds", sample = 0.01 $(, $registry = $own)?)]
            fn sampled_call(x: u64) -> Worked {
                work(x)
            }

            #[timed(name = "native_calls_seconds", buckets = native $(, $registry = $own)?)]
            fn native_call(x: u64) -> Worked {
                work(x)
            }

            pub(super) fn cases() -> Vec<Case> {
                let (wait, native_wait) = (declared::wait_seconds(), declared::native_wait_seconds());
                vec![
                    Case::new(Job::Counter, "ours", |x| {
                        declared::calls_total().inc();
                        work(x)
                    }),
                    Case::new(Job::Counted, "ours", counted_call),
                    Case::new(Job::Timed, "ours", timed_call),
                    Case::new(Job::Timed, "ours sampled", sampled_call),
                    Case::new(Job::Timed, "ours native", native_call),
                    Case::new(Job::Observe, "handle", move |x| {
                        wait.observe_duration(pick_duration(x));
                        work(x)
                    }),
                    Case::new(Job::Observe, "handle native", move |x| {
                        native_wait.observe_duration(pick_duration(x));
                        work(x)
                    }),
                    Case::new(Job::TimedAsync, "ours", |x| poll(timed_async_call(x))),
                    Case::new(Job::Both, "ours", timed_and_counted_call),
                    Case::new(Job::Closed1, "ours", |x| {
                        declared::method_calls_total(pick_value::<0, _>(&METHODS, x)).inc();
                        work(x)
                    }),
                    Case::new(Job::Closed2, "ours", |x| {
                        let method = pick_value::<0, _>(&METHODS, x);
                        declared::status_calls_total(method, pick_value::<1, _>(&STATUSES, x)).inc();
                        work(x)
                    }),
                    Case::new(Job::Closed3, "ours", |x| {
                        let method = pick_value::<0, _>(&METHODS, x);
                        let status = pick_value::<1, _>(&STATUSES, x);
                        declared::tier_calls_total(method, status, pick_value::<2, _>(&TIERS, x)).inc();
                        work(x)
                    }),
                    Case::new(Job::Open16, "ours", |x| {
                        declared::few_users_calls_total(pick_user::<16>(x)).inc();
                        work(x)
                    }),
                    Case::new(Job::Open1000, "ours", |x| {
                        declared::many_users_calls_total(pick_user::<1_000>(x)).inc();
                        work(x)
                    }),
                ]
            }
        }
    };
}

lane!(lane0);
lane!(lane1(registry = OWN));
lane!(lane2(registry = OWN));
lane!(lane3(registry = OWN));
lane!(lane4(registry = OWN));
lane!(lane5(registry = OWN));
lane!(lane6(registry = OWN));
lane!(lane7(registry = OWN));

pub(crate) fn cases() -> Vec<Case> {
    let others = [
        lane1::cases,
        lane2::cases,
        lane3::cases,
        lane4::cases,
        lane5::cases,
        lane6::cases,
        lane7::cases,
    ];
    let add = |cases: Vec<Case>, lane: Vec<Case>| {
        let pairs = cases.into_iter().zip(lane);
        pairs.map(|(case, lane)| case.with_lane(lane)).collect()
    };
    others
        .into_iter()
        .fold(lane0::cases(), |cases, lane| add(cases, lane()))
}

pub(crate) fn encoders() -> Vec<Encoder> {
    vec![
        Encoder {
            name: "ours",
            build: |shape| {
                let registry = registry(shape);
                Encode::Fresh(Box::new(move || Page::Text(registry.to_text())))
            },
        },
        Encoder {
            name: "ours-reuse",
            build: |shape| {
                let registry = registry(shape);
                Encode::Append(Box::new(move |out| registry.encode_into(out)))
            },
        },
    ]
}

pub(crate) fn registry(shape: Shape) -> Registry {
    let registry = Registry::new();
    for family in shape.families() {
        if shape.histograms {
            let made = registry
                .histogram_family(&family.name, HELP, LABELS, &BOUNDS)
                .expect("the names are valid");
            for series in family.series() {
                let histogram = made.with(series.values());
                series
                    .observations()
                    .for_each(|value| histogram.observe(value));
            }
        } else {
            let made = registry
                .counter_family(&family.name, HELP, LABELS)
                .expect("the names are valid");
            for series in family.series() {
                made.with(series.values()).inc_by(series.count());
            }
        }
    }
    registry
}
