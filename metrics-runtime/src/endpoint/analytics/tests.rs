//! Reports in virtual time.

use super::book::{Book, MOST_COLUMNS, families};
use super::report::Report;
use crate::builtin::function::{FUNCTION_CALLS_TOTAL, FUNCTION_DURATION_SECONDS};
use crate::builtin::http::{HTTP_REQUEST_DURATION_SECONDS, HTTP_REQUESTS_TOTAL};
use crate::builtin::{cache, django, model};
use crate::outcome::Outcome;
use crate::record::at;
use crate::{Counter, Histogram, Metrics, Profile, Registry};
use serde_json::{Value, json};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A registry that is sampled every five seconds of its own time.
struct Program {
    registry: &'static Registry,
    book: Book,
    now: Duration,
}

impl Program {
    fn new() -> Self {
        Self::under(Profile::Toolkit)
    }

    fn under(profile: Profile) -> Self {
        let registry: &'static Registry = Box::leak(Box::default());
        let built = Metrics::builder().registry(registry).profile(profile);
        built.build().expect("the registry is new");
        let mut program = Self {
            registry,
            book: Book::new(profile, MOST_COLUMNS),
            now: Duration::ZERO,
        };
        program.book.sample(program.now, &families(registry));
        program
    }

    /// Lets time pass, doing this in each second.
    fn run(&mut self, seconds: u32, mut each: impl FnMut(&Registry)) {
        for _ in 0..seconds {
            each(self.registry);
            self.now += SECOND;
            if self.now.as_secs().is_multiple_of(5) {
                self.book.sample(self.now, &families(self.registry));
            }
        }
    }

    fn report(&mut self) -> Report {
        self.book.report(self.now, &families(self.registry))
    }
}

fn request(registry: &Registry, endpoint: &str, status: &str, seconds: f64) {
    let total = registry.builtin(&HTTP_REQUESTS_TOTAL);
    at::<Counter>(&total, &["GET", endpoint, status], Outcome::Ok).inc();
    let duration = registry.builtin(&HTTP_REQUEST_DURATION_SECONDS);
    let class = format!("{}xx", &status[..1]);
    at::<Histogram>(&duration, &["GET", endpoint, &class], Outcome::Ok).observe(seconds);
}

fn near(value: Option<f64>, expected: f64) {
    let close = value.is_some_and(|value| (value - expected).abs() < 1e-9 * expected.max(1.0));
    assert!(close, "{value:?} isn't {expected}");
}

// Mutations: `base` is the first sample of all; errors aren't counted.
#[test]
fn each_window_tells_of_its_own_time() {
    let mut program = Program::new();
    // Fifteen minutes of two requests in a second, of which a quarter fails, then one
    // minute of one that is slow.
    let mut nth = 0;
    program.run(900, |registry| {
        for _ in 0..2 {
            nth += 1;
            let status = if nth % 4 == 0 { "500" } else { "200" };
            request(registry, "/fast", status, 0.004);
        }
    });
    program.run(60, |registry| request(registry, "/slow", "200", 0.3));
    let report = program.report();
    let [one, five, fifteen] = report.windows.as_slice() else {
        panic!("there are three");
    };
    near(Some(one.covered_seconds), 60.0);
    near(one.requests.per_second, 1.0);
    near(one.requests.error_share, 0.0);
    // All are between 0.25 and 0.5 seconds.
    near(one.requests.p50_seconds, 0.375);
    near(one.requests.p99_seconds, 0.4975);
    near(one.requests.mean_seconds, 0.3);
    assert_eq!(one.endpoints.len(), 1);
    assert_eq!(one.endpoints[0].endpoint, "/slow");

    assert!(five.covered_seconds >= 300.0 && five.covered_seconds < 325.0);
    let fast = 2.0 * (five.covered_seconds - 60.0);
    near(Some(five.requests.count), fast + 60.0);
    assert_eq!(five.endpoints[0].endpoint, "/fast");
    let errors = five.endpoints[0].traffic.error_share;
    assert!(errors.is_some_and(|share| (share - 0.25).abs() < 0.01));

    assert!(fifteen.covered_seconds >= 900.0 && fifteen.covered_seconds < 975.0);
    let fast = 2.0 * (fifteen.covered_seconds - 60.0);
    near(Some(fifteen.requests.count), fast + 60.0);
}

// Mutation: what the base doesn't have is left out.
#[test]
fn a_series_that_appears_meanwhile_counts_in_full() {
    let mut program = Program::new();
    program.run(600, |registry| request(registry, "/old", "200", 0.1));
    let mut first = true;
    program.run(30, |registry| {
        let requests = if first { 10 } else { 0 };
        first = false;
        for _ in 0..requests {
            request(registry, "/new", "503", 0.1);
        }
    });
    for window in program.report().windows {
        let new = window.endpoints.iter().find(|it| it.endpoint == "/new");
        let traffic = &new.expect("it is there").traffic;
        near(Some(traffic.count), 10.0);
        near(traffic.error_share, 1.0);
        near(traffic.per_second, 10.0 / window.covered_seconds);
    }
}

// Mutation: shares are computed without a look at what they are of.
#[test]
fn without_time_or_events_there_are_no_rates() {
    let mut program = Program::new();
    request(program.registry, "/", "200", 0.1);
    for window in program.report().windows {
        near(Some(window.requests.count), 1.0);
        assert_eq!(window.requests.per_second, None);
    }
    program.run(1_000, |_| ());
    let report = program.report();
    let json = serde_json::to_value(&report).expect("it is JSON");
    for (index, window) in report.windows.iter().enumerate() {
        assert!(window.endpoints.is_empty() && window.caches.is_empty());
        assert_eq!(window.requests.error_share, None);
        assert_eq!(
            json["windows"][index]["requests"]["p95_seconds"],
            Value::Null
        );
    }
}

/// Look-ups in a cache and operations on a model, both of this name.
fn look_up_and_write(registry: &Registry, name: &str) {
    for (desc, amount) in [
        (&cache::CACHE_HITS_TOTAL, 3),
        (&cache::CACHE_MISSES_TOTAL, 1),
        (&model::MODEL_INSERTS_TOTAL, 1),
        (&model::MODEL_UPDATES_TOTAL, 2),
        (&model::MODEL_DELETES_TOTAL, 3),
        (&model::MODEL_READS_TOTAL, 4),
    ] {
        let family = registry.builtin(desc);
        at::<Counter>(&family, &[name], Outcome::Ok).inc_by(amount);
    }
}

#[test]
fn functions_caches_and_models_are_told_apart() {
    let mut program = Program::new();
    program.run(60, |registry| {
        let calls = registry.builtin(&FUNCTION_CALLS_TOTAL);
        at::<Counter>(&calls, &["load", "shop"], Outcome::Panic).inc();
        at::<Counter>(&calls, &["load", "shop"], Outcome::Ok).inc_by(3);
        let durations = registry.builtin(&FUNCTION_DURATION_SECONDS);
        at::<Histogram>(&durations, &["pay", "shop"], Outcome::Error).observe(2.0);
        at::<Histogram>(&durations, &["pay", "shop"], Outcome::Cancelled).observe(2.0);
        look_up_and_write(registry, "Cart");
    });
    let report = program.report();
    let window = &report.windows[0];
    let of = |name: &str| {
        let found = window.functions.iter().find(|it| it.function == name);
        found.expect("it is there").traffic.clone()
    };
    near(of("load").error_share, 0.25);
    near(of("load").per_second, 4.0);
    assert_eq!(of("load").p95_seconds, None);
    near(of("pay").per_second, 2.0);
    near(of("pay").error_share, 0.5);
    near(of("pay").mean_seconds, 2.0);
    assert_eq!(window.slowest_functions[0].function, "pay");
    near(window.caches[0].hit_rate, 0.75);
    assert_eq!(window.caches[0].cache, "Cart");
    let model = &window.models[0];
    for (count, expected) in [
        (model.inserts, 60.0),
        (model.updates, 120.0),
        (model.deletes, 180.0),
        (model.reads, 240.0),
    ] {
        near(Some(count), expected);
    }
}

// Mutation: `track` doesn't look at the number of columns.
#[test]
fn what_has_no_room_is_counted_and_not_sampled() {
    let mut program = Program::new();
    program.book = Book::new(Profile::Toolkit, 100);
    program.run(10, |registry| {
        for nth in 0..500 {
            request(registry, &format!("/{nth}"), "200", 0.1);
        }
    });
    let report = serde_json::to_value(program.report()).expect("it is JSON");
    assert_eq!(report["untracked_series"], 500 - 50 + 500);
    assert_eq!(
        report["windows"][0]["endpoints"].as_array().map(Vec::len),
        Some(50)
    );
}

/// Requests, look-ups and writes of a minute, as they are recorded under a profile, in the
/// report's JSON but for quantiles: those depend on the buckets.
fn minute_under(profile: Profile) -> Value {
    let mut program = Program::under(profile);
    program.run(60, |registry| {
        for status in ["200", "404", "503"] {
            if profile == Profile::Toolkit {
                request(registry, "shop:list", status, 0.25);
                continue;
            }
            let desc = &django::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL;
            let responses = registry.builtin(desc);
            at::<Counter>(&responses, &["GET", status, "shop:list"], Outcome::Ok).inc();
            let desc = &django::DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD;
            let latency = registry.builtin(desc);
            at::<Histogram>(&latency, &["GET", "shop:list"], Outcome::Ok).observe(0.25);
        }
        // As annotated functions do under each profile.
        look_up_and_write(registry, "item");
    });
    let mut report = serde_json::to_value(program.report()).expect("it is JSON");
    let windows = report["windows"].as_array_mut().expect("it is a list");
    for window in windows {
        for traffic in ["/requests", "/endpoints/0"] {
            let traffic = window.pointer_mut(traffic).expect("it is there");
            for quantile in ["p50_seconds", "p95_seconds", "p99_seconds"] {
                let value = traffic[quantile].take();
                assert!(value.as_f64() > Some(0.1), "{quantile}: {value}");
            }
        }
    }
    report
}

// Mutations: families that the profile replaces aren't read; a source of Django's has no
// errors.
#[test]
fn the_report_is_the_same_under_djangos_profile() {
    let report = minute_under(Profile::DjangoPrometheus);
    let window = &report["windows"][0];
    assert_eq!(window["endpoints"][0]["endpoint"], "shop:list");
    near(window["endpoints"][0]["error_share"].as_f64(), 1.0 / 3.0);
    near(window["requests"]["count"].as_f64(), 180.0);
    near(window["caches"][0]["hit_rate"].as_f64(), 0.75);
    let model = json!({
        "model": "item", "inserts": 60.0, "updates": 120.0, "deletes": 180.0, "reads": 240.0,
    });
    assert_eq!(window["models"], json!([model]));
    assert_eq!(report, minute_under(Profile::Toolkit));
}
