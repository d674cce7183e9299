//! `#[in_progress(age)]`: how long the oldest call that runs has run.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use integration_tests::child::in_child;
use metrics_runtime::{Metrics, Registry, in_progress};

use crate::driver::{End, Failure, VALUE, assert_panics, cancel, page, ready, suspend};

static REGISTRY: Registry = Registry::new();

#[track_caller]
fn oldest_in(registry: &Registry, function: &str) -> Option<f64> {
    let labels = [("function", function), ("module", module_path!())];
    page(registry).value("function_calls_oldest_seconds", &labels)
}

/// The age that the page gives for a function.
#[track_caller]
fn oldest(function: &str) -> Option<f64> {
    oldest_in(&REGISTRY, function)
}

/// Waits until the age is at least so many seconds.
#[track_caller]
fn wait_until_older(function: &str, than: f64) {
    let start = Instant::now();
    while oldest(function) <= Some(than) {
        assert!(start.elapsed() < Duration::from_secs(30), "it doesn't age");
    }
}

/// An age is taken from another clock than `Instant`; this much they may be
/// apart over the time of a test.
const CLOCKS: f64 = 0.001;

#[in_progress(age, registry = REGISTRY)]
fn now(before: Instant, end: End) -> Result<u32, Failure> {
    wait_until_older("now", 0.002);
    let seen = oldest("now").expect("the gauge is there");
    let most = before.elapsed().as_secs_f64() + CLOCKS;
    assert!(seen <= most, "{seen} s in {most} s");
    assert!(oldest("now") > Some(seen), "it goes on ageing");
    end.reach()
}

#[test]
fn a_call_ages_while_it_runs() {
    assert_eq!(oldest("now"), Some(0.0), "before the first call");
    assert_eq!(now(Instant::now(), End::Return), Ok(VALUE));
    assert_eq!(oldest("now"), Some(0.0));
    assert_eq!(now(Instant::now(), End::Fail), Err(Failure));
    assert_eq!(oldest("now"), Some(0.0));
    assert_panics(|| now(Instant::now(), End::Panic));
    assert_eq!(oldest("now"), Some(0.0));
}

#[in_progress(age, registry = REGISTRY)]
async fn later(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

// Mutation: `oldest_nanos` takes the least.
#[test]
fn the_oldest_call_counts_and_not_the_newest() {
    let mut older = Box::pin(later(End::Wait));
    suspend(older.as_mut());
    wait_until_older("later", 0.005);
    let mut newer = Box::pin(later(End::Return));
    let before = Instant::now();
    suspend(newer.as_mut());
    assert!(oldest("later") > Some(0.005));
    drop(older);
    let age = oldest("later").expect("the gauge is there");
    let most = before.elapsed().as_secs_f64() + CLOCKS;
    assert!(age > 0.0 && age <= most, "{age} s in {most} s");
    assert_eq!(ready(newer.as_mut()), Ok(VALUE));
    assert_eq!(oldest("later"), Some(0.0), "the future is there, ready");
    assert_panics(|| ready(later(End::Panic)));
    cancel(later(End::Wait));
    assert_eq!(oldest("later"), Some(0.0));
}

#[in_progress(age, registry = REGISTRY)]
fn returned(end: End) -> impl Future<Output = Result<u32, Failure>> {
    async move {
        end.wait().await;
        end.reach()
    }
}

#[in_progress(age, registry = REGISTRY)]
async fn never_polled() {}

// Mutation: `Aged::unstarted` doesn't leave.
#[test]
fn a_future_ages_from_its_first_poll() {
    let waiting = never_polled();
    let mut future = pin!(returned(End::Return));
    assert_eq!(oldest("returned"), Some(0.0), "made and not polled");
    assert_eq!(oldest("never_polled"), Some(0.0));
    suspend(future.as_mut());
    wait_until_older("returned", 0.0);
    assert_eq!(ready(future), Ok(VALUE));
    assert_eq!(oldest("returned"), Some(0.0));
    ready(waiting);
    assert_eq!(oldest("never_polled"), Some(0.0));
}

#[in_progress(age, registry = REGISTRY)]
async fn many() {
    End::Return.wait().await;
}

// Mutation: a call that finds the first chunk full takes the entry of another.
#[test]
fn any_number_of_calls_age_and_leave() {
    let mut calls: Vec<_> = (0..1_000).map(|_| Box::pin(many())).collect();
    for call in &mut calls {
        suspend(call.as_mut());
    }
    wait_until_older("many", 0.0);
    let last = calls.pop().expect("there are some");
    for (index, call) in calls.into_iter().enumerate() {
        // The others are cancelled.
        if index % 2 == 0 {
            ready(call);
        }
    }
    wait_until_older("many", 0.0);
    ready(last);
    assert_eq!(oldest("many"), Some(0.0));
}

#[in_progress(name = "tabs_in_progress", age, labels(kind = kind), registry = REGISTRY)]
fn tab(kind: &str) -> usize {
    wait_until_older("tab", 0.0);
    let page = page(&REGISTRY);
    assert_eq!(page.value("tabs_in_progress", &[("kind", kind)]), Some(1.0));
    kind.len()
}

#[test]
fn the_age_goes_to_the_plain_family_beside_a_name_of_ones_own() {
    assert_eq!(tab("web"), 3);
    assert_eq!(oldest("tab"), Some(0.0));
    assert_eq!(oldest("never_called"), Some(0.0));
}

#[in_progress(age, registry = REGISTRY)]
#[expect(dead_code, reason = "shown at zero before its first call")]
fn never_called() {}

static SWITCHED: Registry = Registry::new();

#[in_progress(age, registry = SWITCHED)]
async fn goes_on() {
    End::Return.wait().await;
}

// Mutation: `Aged::record` leaves its entry after a look at the site.
#[test]
fn a_call_that_ran_when_recording_was_turned_off_leaves() {
    let name = "age::a_call_that_ran_when_recording_was_turned_off_leaves";
    in_child(name, &[], || {
        let switch = |on| {
            let builder = Metrics::builder().registry(&SWITCHED).enabled(on);
            builder.build().expect("the set-up is valid");
        };
        let mut call = pin!(goes_on());
        suspend(call.as_mut());
        switch(false);
        let mut unseen = pin!(goes_on());
        suspend(unseen.as_mut());
        ready(call);
        switch(true);
        ready(unseen);
        assert_eq!(oldest_in(&SWITCHED, "goes_on"), Some(0.0));
    });
}

struct First;
struct Second;

trait Job {
    fn run(&self, look: &dyn Fn());
}

impl Job for First {
    #[in_progress(age, registry = REGISTRY)]
    fn run(&self, look: &dyn Fn()) {
        look();
    }
}

impl Job for Second {
    #[in_progress(age, registry = REGISTRY)]
    fn run(&self, look: &dyn Fn()) {
        look();
    }
}

// Mutation: each site has ages of its own.
#[test]
fn methods_of_one_name_share_the_gauge_of_the_oldest() {
    for [outer, inner] in [[&First as &dyn Job, &Second], [&Second, &First]] {
        outer.run(&|| {
            wait_until_older("run", 0.0);
            inner.run(&|| {});
            assert!(oldest("run") > Some(0.0));
        });
    }
    assert_eq!(oldest("run"), Some(0.0));
}
