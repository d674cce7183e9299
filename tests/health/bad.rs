//! Checks that hang, block their thread, panic and fail, all at once.

use super::client::{get, told};
use super::proving;
use super::service::{PATIENT, Service};
use integration_tests::deadline::poll;
use metrics_runtime::Health;
use metrics_runtime::health::{Group, HealthCheck};
use std::future::pending;
use std::panic::panic_any;
use std::thread;
use std::time::{Duration, Instant};

/// That of the checks; short where nothing is measured.
fn timeout() -> Duration {
    Duration::from_millis(if proving() { 1_000 } else { 200 })
}

/// Longer than any client waits.
const FOR_EVER: Duration = Duration::from_mins(1);

fn add(health: &Health, check: HealthCheck) {
    let check = check.timeout(timeout()).interval(timeout());
    health.add(check).expect("the check is valid");
}

/// The name of each check, what it says, and for what reason.
const BAD: [(&str, &str); 8] = [
    ("blocks", "timeout"),
    ("blocks-in-async", "timeout"),
    ("blocks-too", "timeout"),
    ("fails", "no route"),
    ("hangs", "timeout"),
    ("panics", "panicked: a str"),
    ("panics-of-a-string", "panicked: a String"),
    ("panics-of-a-number", "panicked"),
];

fn add_bad(health: &Health) {
    let block = || thread::sleep(FOR_EVER);
    let string = || -> () { panic!("{}", "a String".to_owned()) };
    let number = || -> () { panic_any(7) };
    for late in [
        HealthCheck::blocking("blocks", block),
        HealthCheck::blocking("blocks-too", block),
        HealthCheck::new("blocks-in-async", async move || block()),
        HealthCheck::new("hangs", async || pending::<()>().await),
    ] {
        add(health, late);
    }
    for quick in [
        HealthCheck::new("fails", async || Err::<(), _>("no route")),
        HealthCheck::new("panics", async || -> () { panic!("a str") }),
        HealthCheck::blocking("panics-of-a-string", string),
        HealthCheck::blocking("panics-of-a-number", number),
    ] {
        // One that ends of itself isn't late on a slow machine, either.
        let longest = if proving() { timeout() } else { PATIENT };
        let quick = quick.timeout(longest).interval(timeout());
        health.add(quick).expect("the check is valid");
    }
}

// F1, F2, F3, M5, M6. Were async checks tasks of the application's runtime, the one that
// blocks would take its only worker. Mutations: `run` calls blocking checks without
// catching; the scheduler doesn't give up what is late.
#[test]
fn each_is_down_for_its_own_reason_and_the_service_goes_on() {
    let service = Service::start(add_bad);
    let start = Instant::now();
    assert_eq!(told(service.address, "/health").0, 503);
    let first = start.elapsed();
    for (name, message) in BAD {
        let expected = ("down".to_owned(), message.to_owned());
        assert_eq!(service.check(name), expected, "{name}");
    }
    let probes = if proving() { 2_000 } else { 50 };
    let mut times: Vec<Duration> = (0..probes)
        .map(|_| {
            let start = Instant::now();
            let up = (200, "{\"status\":\"up\"}".to_owned());
            assert_eq!(told(service.address, "/liveness"), up);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let p99 = times[probes * 99 / 100];
    if proving() {
        let timeout = timeout();
        println!("eight bad checks: /health answers in {first:?} (timeout {timeout:?})");
        println!("meanwhile /liveness of {probes} probes: p99 {p99:?}");
        assert!(first <= timeout + Duration::from_millis(100), "{first:?}");
        assert!(p99 < Duration::from_millis(50), "{p99:?}");
    }
    let page = service.metrics.to_text();
    for (name, _) in BAD {
        let gauge = format!("health_check_status{{check=\"{name}\"}} 0\n");
        assert!(page.contains(&gauge), "{page}");
        let count = format!("health_check_duration_seconds_count{{check=\"{name}\"}} ");
        assert!(page.contains(&count), "{page}");
    }
}

// F2. Did they run on the application's own blocking threads, of which there are eight,
// none would be left.
#[test]
fn eight_that_block_leave_the_application_its_threads() {
    let service = Service::start(|health| {
        for number in 0..8 {
            let name = format!("blocks{number}");
            let sleep = || thread::sleep(FOR_EVER);
            add(
                health,
                HealthCheck::blocking(name, sleep).group(Group::Liveness),
            );
        }
    });
    let down = (503, "{\"status\":\"down\"}".to_owned());
    assert_eq!(told(service.address, "/liveness"), down);
    let blocking = service.runtime.spawn_blocking(|| 7);
    let done = service.runtime.block_on(blocking);
    assert_eq!(done.expect("it doesn't panic"), 7);
}

/// How many threads of this process have the name.
#[cfg(target_os = "linux")]
fn threads(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux has it");
    let names = tasks.filter_map(|task| {
        // One that ends in the meantime has none.
        let path = task.ok()?.path().join("comm");
        std::fs::read_to_string(path).ok()
    });
    names.filter(|found| found.trim_end() == name).count()
}

// F1. Mutation: a probe spawns what waits for it.
#[cfg(target_os = "linux")]
#[test]
fn probes_leave_neither_tasks_nor_threads_behind() {
    let service = Service::start(|health| {
        for number in 0..4 {
            let hangs = async || pending::<()>().await;
            add(health, HealthCheck::new(format!("hang{number}"), hangs));
            let sleep = || thread::sleep(FOR_EVER);
            add(
                health,
                HealthCheck::blocking(format!("block{number}"), sleep),
            );
        }
    });
    // The accepting task alone.
    let tasks = || service.runtime.metrics().num_alive_tasks();
    assert_eq!(tasks(), 1);
    let probes = if proving() { 10_000 } else { 1_000 };
    let paths = ["/health", "/readiness", "/liveness", "/health/startup"];
    thread::scope(|scope| {
        for client in 0..8 {
            let address = service.address;
            scope.spawn(move || {
                for number in 0..probes / 8 {
                    let path = paths[(client + number) % paths.len()];
                    let expected = if path == "/health" { 503 } else { 200 };
                    assert_eq!(get(address, path).status, expected, "{path}");
                }
            });
        }
    });
    let left = poll(Duration::from_mins(1), || (tasks() == 1).then_some(()));
    assert!(left.is_some(), "{} tasks are left", tasks());
    for number in 0..4 {
        assert_eq!(threads(&format!("health hang{number}")), 1);
        assert_eq!(threads(&format!("health block{number}")), 1);
    }
    println!(
        "{probes} probes of eight checks: tasks {}, threads as before",
        tasks()
    );
}
