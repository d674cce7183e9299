//! Durations on the page against `Instant`, through a whole call.
//!
//! `METRICS_PROVE` makes the call last a minute and prints the error in parts
//! per million; without it nothing is asserted about the time, since a test may
//! be interrupted for as long as the machine likes.

use integration_tests::page::Page;
use metrics_runtime::{global, timed};
use std::env;
use std::fs;
use std::hint::spin_loop;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The most that a duration may be off by.
const MOST_PPM: f64 = 1_000.0;

/// Sleeps and works in turns.
fn pass(length: Duration) {
    let start = Instant::now();
    while start.elapsed() < length {
        sleep(Duration::from_millis(5));
        let work = Instant::now();
        while work.elapsed() < Duration::from_millis(5) {
            spin_loop();
        }
    }
}

#[timed]
fn warm_up() {
    pass(Duration::from_millis(5));
}

#[timed]
fn first(length: Duration) {
    pass(length);
}

#[timed]
fn second(length: Duration) {
    pass(length);
}

/// What the page says of the calls of a function: their number and seconds.
fn recorded(function: &str) -> (f64, f64) {
    let page = Page::parse(global().to_text()).expect("the page is valid");
    let read = |suffix| {
        let name = format!("function_duration_seconds_{suffix}");
        let labels = [("function", function), ("outcome", "ok")];
        page.sum(&name, &labels).expect("the function was called")
    };
    (read("count"), read("sum"))
}

/// The error of one call in parts per million.
fn error_of(function: &str, call: fn(Duration), length: Duration) -> f64 {
    let start = Instant::now();
    call(length);
    let passed = start.elapsed().as_secs_f64();
    let (count, seconds) = recorded(function);
    assert_eq!(count.to_bits(), 1.0_f64.to_bits());
    let error = (seconds - passed) / passed * 1e6;
    println!("{function}: {seconds} s on the page of {passed} s, {error:+.2} ppm");
    error
}

#[test]
fn durations_on_the_page_are_those_of_instant() {
    let proving = env::var_os("METRICS_PROVE").is_some();
    let length = if proving {
        Duration::from_mins(1)
    } else {
        Duration::from_millis(25)
    };
    let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    println!(
        "METRICS_CLOCK: {:?}, kernel: {}",
        env::var_os("METRICS_CLOCK"),
        fs::read_to_string(source).unwrap_or_default().trim_end()
    );
    // The first call finds the scale of the counter, and the first page a
    // better one; the call under way then is measured by whichever is newer.
    for _ in 0..3 {
        warm_up();
    }
    let errors = [
        error_of("first", first, length),
        error_of("second", second, length),
    ];
    for error in errors {
        assert!(!proving || error.abs() <= MOST_PPM, "{error} ppm");
    }
}
