//! `foundations` 5. Its families are declared in the source, so that there is no
//! registry of a given shape to write.

use crate::case::{Case, Job, Worked, pick_user, pick_value, poll, work, work_async};

mod declared {
    use crate::exposition::BOUNDS;
    use foundations::telemetry::metrics::{Counter, HistogramBuilder, TimeHistogram, metrics};

    #[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    pub(super) enum Outcome {
        Ok,
        Error,
    }

    #[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    #[repr(u64)]
    pub(super) enum Method {
        Get,
        Post,
        Put,
        Delete,
    }

    #[metrics]
    pub(super) mod call {
        /// Calls.
        pub(in super::super) fn calls_total() -> Counter;
        /// Calls by outcome.
        pub(in super::super) fn outcomes_total(function: &'static str, outcome: Outcome)
        -> Counter;
        /// Durations.
        #[ctor = HistogramBuilder { buckets: &BOUNDS }]
        pub(in super::super) fn duration_seconds(
            function: &'static str,
            module: &'static str,
        ) -> TimeHistogram;
        /// Durations without labels.
        #[ctor = HistogramBuilder { buckets: &BOUNDS }]
        pub(in super::super) fn bare_duration_seconds() -> TimeHistogram;
        /// Calls by method.
        pub(in super::super) fn method_calls_total(method: Method) -> Counter;
        /// Calls by user, of few.
        pub(in super::super) fn few_users_calls_total(user: &String) -> Counter;
        /// Calls by user, of many.
        pub(in super::super) fn many_users_calls_total(user: &String) -> Counter;
    }
}
use declared::{Method, Outcome, call};

static METHODS: [Method; 4] = [Method::Put, Method::Get, Method::Delete, Method::Post];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "foundations", |x| {
            call::calls_total().inc();
            work(x)
        }),
        Case::new(Job::Counted, "foundations", counted),
        Case::new(Job::Timed, "foundations without labels", |x| {
            let _timer = call::bare_duration_seconds().start_timer();
            work(x)
        })
        .with_instants(),
        Case::new(Job::Timed, "foundations", |x| {
            let _timer = call::duration_seconds("work", "benchmarks").start_timer();
            work(x)
        })
        .with_instants(),
        Case::new(Job::TimedAsync, "foundations", |x| {
            poll(async move {
                let _timer = call::duration_seconds("work", "benchmarks").start_timer();
                work_async(x).await
            })
        })
        .with_instants(),
        Case::new(Job::Both, "foundations", |x| {
            let _timer = call::duration_seconds("work", "benchmarks").start_timer();
            counted(x)
        })
        .with_instants(),
        Case::new(Job::Closed1, "foundations", |x| {
            call::method_calls_total(pick_value::<0, _>(&METHODS, x)).inc();
            work(x)
        }),
        Case::new(Job::Open16, "foundations", |x| {
            call::few_users_calls_total(&pick_user::<16>(x).to_owned()).inc();
            work(x)
        }),
        Case::new(Job::Open1000, "foundations", |x| {
            call::many_users_calls_total(&pick_user::<1_000>(x).to_owned()).inc();
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
    call::outcomes_total("work", outcome).inc();
    worked
}
