//! `sample`: every call is counted, a share of them is timed.

use std::pin::pin;

use integration_tests::child::in_child;
use metrics_runtime::{Metrics, Registry, counted, timed};

use crate::driver::{Calls, End, Failure, by_outcome, counted, page, ready, suspend};

static REGISTRY: Registry = Registry::new();

const CALLS: u32 = 40_000;

#[timed(name = "steps_seconds", help = "Steps.", sample = 0.25, registry = REGISTRY)]
fn step(even: bool) -> Result<(), Failure> {
    if even {
        Ok(())
    } else {
        End::Fail.reach().map(drop)
    }
}

#[timed(name = "waits_seconds", sample = 0.25, registry = REGISTRY)]
async fn wait() {
    End::Return.wait().await;
}

#[timed(name = "all_seconds", sample = 1, registry = REGISTRY)]
#[counted]
fn all() {}

#[timed(name = "routed_seconds", labels(route = route), sample = 1, registry = REGISTRY)]
fn routed(route: &str) {
    assert!(!route.is_empty());
}

/// That a quarter of so many calls was chosen, by seven standard deviations.
fn assert_quarter(timed: f64, calls: u32) {
    let calls = f64::from(calls);
    let tolerance = 7.0 * (calls * 0.25 * 0.75).sqrt();
    let off = (timed - calls / 4.0).abs();
    assert!(off < tolerance, "{timed} of {calls} were timed");
}

#[test]
fn every_call_is_counted_and_a_share_is_timed() {
    for call in 0..CALLS {
        let _ = step(call % 2 == 0);
    }
    let half = f64::from(CALLS / 2);
    let expected = Calls {
        ok: half,
        error: half,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "step"), expected);
    let timed = by_outcome(&REGISTRY, "steps_seconds_count", &[]);
    assert_quarter(timed.ok, CALLS / 2);
    assert_quarter(timed.error, CALLS / 2);
    let text = REGISTRY.to_text();
    let help = "# HELP steps_seconds Steps. Of a random sample: 0.25 of all calls, \
                which function_calls_total counts.\n";
    assert!(text.contains(help), "{text}");
}

#[tokio::test]
async fn futures_are_chosen_too() {
    for _ in 0..CALLS / 4 {
        wait().await;
        // Never polled, so neither counted nor timed.
        drop(wait());
    }
    let calls = f64::from(CALLS / 4);
    assert_eq!(
        counted(&REGISTRY, "wait"),
        Calls {
            ok: calls,
            ..Calls::NONE
        }
    );
    let timed = by_outcome(&REGISTRY, "waits_seconds_count", &[]);
    let ok = timed.ok;
    assert_eq!(timed, Calls { ok, ..Calls::NONE });
    assert_quarter(ok, CALLS / 4);
}

#[test]
fn a_call_that_another_attribute_counts_is_counted_once() {
    all();
    all();
    let twice = Calls {
        ok: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "all"), twice);
    assert_eq!(by_outcome(&REGISTRY, "all_seconds_count", &[]), twice);
}

#[test]
fn own_labels_are_those_of_the_histogram() {
    routed("/a");
    routed("/a");
    let timed = page(&REGISTRY).sum("routed_seconds_count", &[("route", "/a")]);
    assert_eq!(timed, Some(2.0));
    let twice = Calls {
        ok: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "routed"), twice);
}

static SWITCHED: Registry = Registry::new();

fn switch(on: bool) {
    let builder = Metrics::builder().registry(&SWITCHED).enabled(on);
    builder.build().expect("the set-up is valid");
}

#[timed(name = "switched_seconds", sample = 1, registry = SWITCHED)]
async fn switched() {
    End::Return.wait().await;
}

// Mutation: the start of an `ASKED` call looks for `UNRESOLVED` alone.
#[test]
fn a_call_that_begins_while_recording_is_off_is_not_recorded_later() {
    let name = "sample::a_call_that_begins_while_recording_is_off_is_not_recorded_later";
    in_child(name, &[], || {
        let recorded = || by_outcome(&SWITCHED, "switched_seconds_count", &[]);
        ready(switched());
        assert_eq!(recorded(), Calls::OK);
        let mut entered_before = pin!(switched());
        switch(false);
        // The site has seen that recording is off, and not only been told.
        ready(switched());
        suspend(entered_before.as_mut());
        switch(true);
        ready(entered_before);
        assert_eq!(recorded(), Calls::OK);
        ready(switched());
        assert_eq!(recorded().ok.to_bits(), 2_f64.to_bits());
    });
}
