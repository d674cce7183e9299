//! What is counted, what is told of it, and what is told of nothing.

use super::count::{Count, Unreadable, count};
use super::reading::{MOST, Readings};
use super::{ErrorRate, error_rate, report};
use crate::builtin::function::FUNCTION_CALLS_TOTAL;
use crate::health::HealthStatus::{self, Degraded, Down, Up};
use crate::record::{self, Counter};
use crate::{Metrics, Outcome, Profile, Registry};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

const fn of(events: u64, errors: u64) -> Count {
    Count { events, errors }
}

// Mutation: all readings are kept, and errors of yesterday count today.
#[test]
fn what_is_older_than_the_window_is_forgotten() {
    let window = Duration::from_mins(5);
    let start = Instant::now();
    let mut readings = Readings::default();
    let mut recent = |seconds, count| {
        let now = start + Duration::from_secs(seconds);
        readings.recent(count, now, window)
    };
    assert_eq!(recent(0, of(1_000, 900)), of(0, 0));
    assert_eq!(recent(10, of(1_100, 950)), of(100, 50));
    assert_eq!(recent(200, of(1_200, 950)), of(200, 50));
    assert_eq!(recent(309, of(1_300, 950)), of(300, 50));
    assert_eq!(recent(310, of(1_300, 950)), of(200, 0));
    assert_eq!(recent(10_000, of(1_301, 951)), of(1, 1));
}

// Mutation: nothing is thinned out.
#[test]
fn many_readings_are_thinned_out() {
    let start = Instant::now();
    let mut readings = Readings::default();
    let mut last = of(0, 0);
    for second in 0..10_000_u32 {
        let now = start + Duration::from_secs(u64::from(second));
        let day = Duration::from_hours(24);
        last = readings.recent(of(u64::from(second), 0), now, day);
        assert!(readings.0.len() <= MOST);
    }
    assert_eq!(last, of(9_999, 0));
}

#[test]
fn few_events_say_nothing_and_the_limit_itself_is_allowed() {
    let rate = ErrorRate::of("a_total", "b", |_| true).above(0.5).least(10);
    for (count, expected) in [
        (of(9, 9), Up),
        (of(10, 5), Up),
        (of(10, 6), Down),
        (of(0, 0), Up),
    ] {
        assert_eq!(report(count, &rate).status(), expected, "{count:?}");
    }
    let message = "6 of 10 events are errors (0.600), more than 0.5";
    assert_eq!(report(of(10, 6), &rate).message(), Some(message));
}

#[test]
fn series_of_a_counter_are_told_by_a_label() {
    let registry = Registry::new();
    let family = registry.counter_family("replies_total", "Replies.", ["path", "status"]);
    let family = family.unwrap();
    family.with(["/", "200"]).inc_by(7);
    family.with(["/", "500"]).inc_by(2);
    family.with(["/5", "503"]).inc();
    let is_error = |status: &str| status.starts_with('5');
    let rate = |family, label| ErrorRate::of(family, label, is_error);
    let counted = count(&registry, &rate("replies_total", "status"));
    assert_eq!(counted, Ok(of(10, 3)));
    let told = |family, label| {
        let refused = count(&registry, &rate(family, label));
        refused.expect_err("it is misspelt").to_string()
    };
    assert_eq!(
        told("replies_total", "stauts"),
        "the counter `replies_total` has no label `stauts`; name one of [\"path\", \"status\"]"
    );
    assert_eq!(
        told("http_requests_total", "code"),
        "the counter `http_requests_total` has no label `code`; name one of [\"method\", \
         \"endpoint\", \"status\"]"
    );
    assert_eq!(
        told("others_total", "status"),
        "there is no counter `others_total`; name one that is on the page, or declare it at \
         start-up"
    );
}

// Mutations: the name with the namespace alone is looked for; a name without it is
// preferred.
#[test]
fn a_family_is_found_with_and_without_the_namespace() {
    static REGISTRY: Registry = Registry::new();
    let metrics = Metrics::builder().registry(&REGISTRY).namespace("shop");
    metrics.build().expect("the registry is new");
    let declare = |name: &'static str, events| {
        let family = REGISTRY.counter_family(name, "Replies.", ["status"]);
        family
            .expect("the name is valid")
            .with(["500"])
            .inc_by(events);
    };
    declare("replies_total", 1);
    let rate = |family| ErrorRate::of(family, "status", |_| true);
    for name in ["replies_total", "shop_replies_total"] {
        assert_eq!(count(&REGISTRY, &rate(name)), Ok(of(1, 1)), "{name}");
    }
    declare("shop_replies_total", 2);
    let served = count(&REGISTRY, &rate("shop_replies_total"));
    assert_eq!(served, Ok(of(1, 1)));
    let twice = count(&REGISTRY, &rate("shop_shop_replies_total"));
    assert_eq!(twice, Ok(of(2, 2)));
}

/// What a check of this counter tells now.
async fn told(metrics: Metrics, name: &str, family: &str) -> (HealthStatus, String) {
    let rate = ErrorRate::of(family, "status", |_| true);
    let added = metrics
        .health()
        .add(error_rate(name, metrics.registry(), rate));
    added.expect("the name is valid and free");
    let summary = metrics.health().summary().await;
    let summary = summary.expect("there are threads");
    let check = summary.checks.into_iter().find(|check| check.name == name);
    let check = check.expect("it was added");
    (check.status, check.message.unwrap_or_default())
}

fn metrics(profile: Profile) -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder().registry(registry).profile(profile);
    built.build().expect("the registry is new")
}

fn quiet(family: &str) -> (HealthStatus, String) {
    let message = format!("no traffic yet: nothing was counted in `{family}`");
    (Up, message)
}

// Mutation: a counter that isn't there has no errors, and is up.
#[tokio::test]
async fn no_traffic_is_up_and_a_misspelt_counter_degraded() {
    let metrics = metrics(Profile::Toolkit);
    let own = metrics
        .registry()
        .counter_family("replies_total", "Replies.", ["status"]);
    own.expect("the name is valid");
    assert_eq!(
        told(metrics, "quiet", "replies_total").await,
        quiet("replies_total")
    );
    let message = "there is no counter `replies_totl`, but `replies_total`; name one that \
                   is on the page, or declare it at start-up";
    assert_eq!(
        told(metrics, "misspelt", "replies_totl").await,
        (Degraded, message.to_owned())
    );
}

// Mutations: `remedy` is left out, so that a service without the layer has no traffic for
// ever; the layer isn't noticed, so that one without requests is degraded.
#[tokio::test]
async fn a_layer_that_was_never_added_is_told_from_one_that_nobody_asks() {
    for (profile, family) in [
        (Profile::Toolkit, "http_requests_total"),
        (
            Profile::DjangoPrometheus,
            "django_http_responses_total_by_status_total",
        ),
    ] {
        let metrics = metrics(profile);
        let layer = metrics.http_layer();
        let message = format!(
            "nothing counts in `{family}`; add the layer `metrics.http_layer()` around the \
             service whose requests are meant"
        );
        let without = told(metrics, "without", family).await;
        assert_eq!(without, (Degraded, message));
        let app: Router = Router::new()
            .route("/", get(|| async { "hello" }))
            .layer(layer);
        assert_eq!(told(metrics, "with", family).await, quiet(family));
        // The first request ends it.
        let request = Request::get("/").body(Body::empty()).expect("it is valid");
        let response = app.oneshot(request).await.expect("routers don't fail");
        let body = axum::body::to_bytes(response.into_body(), 100).await;
        assert_eq!(body.expect("it is short"), "hello");
        assert_eq!(
            told(metrics, "asked", family).await,
            (Up, String::new()),
            "{family}"
        );
    }
}

// What is counted by hand has nothing that could be set up. Mutation: its group has a
// remedy.
#[tokio::test]
async fn what_is_counted_by_hand_has_no_traffic_until_it_is() {
    let family = "django_http_responses_total_by_templatename_total";
    let rate = ErrorRate::of(family, "templatename", |_| true);
    let metrics = metrics(Profile::DjangoPrometheus);
    assert_eq!(count(metrics.registry(), &rate), Ok(of(0, 0)));
}

#[test]
fn outcomes_are_a_label_too() {
    let registry = Registry::new();
    let family = registry.builtin(&FUNCTION_CALLS_TOTAL);
    for (outcome, calls) in [(Outcome::Ok, 1), (Outcome::Error, 2)] {
        let counter: Counter = record::at(&family, &["f", "m"], outcome);
        counter.inc_by(calls);
    }
    let rate = ErrorRate::of("function_calls_total", "outcome", |it| it == "error");
    assert_eq!(count(&registry, &rate), Ok(of(3, 2)));
    let rate = ErrorRate::of("task_runs_total", "outcome", |it| it == "error");
    let idle = count(&registry, &rate).expect_err("there is no task");
    assert_eq!(
        idle.to_string(),
        "nothing counts in `task_runs_total`; put `#[track_task]` on a function, or start \
         tasks by `metrics.spawn`"
    );
    let rate = ErrorRate::of("db_errors_total", "outcome", |it| it == "error");
    let refused = count(&registry, &rate);
    assert!(
        matches!(refused, Err(Unreadable::Label { .. })),
        "{refused:?}"
    );
}
