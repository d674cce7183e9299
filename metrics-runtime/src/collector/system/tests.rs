//! The report of this very machine, against what the kernel says by other ways.

use super::mounts::{Mounts, Told};
use super::report::Disk;
use super::{Reader, read, read_with};
use serde_json::Value;
use std::fs;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

fn report() -> Value {
    serde_json::to_value(read()).expect("a report is JSON")
}

fn first_number(file: &str, line: &str) -> u64 {
    let text = fs::read_to_string(file).expect("the kernel has it");
    let rest = text.lines().find_map(|own| own.strip_prefix(line));
    let number = rest.and_then(|rest| rest.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .expect("there is a number")
}

// Mutation: a share is zero before it is known.
#[test]
fn the_first_reading_knows_no_share_of_the_cpu() {
    let first =
        serde_json::to_value(Reader::new().read(Told::default())).expect("a report is JSON");
    assert_eq!(first["process"]["cpu_percent"], Value::Null);
    assert_eq!(first["host"]["cpu_percent"], Value::Null);
    assert!(first["process"]["cpu_seconds"].is_f64(), "{first}");
}

#[test]
fn the_second_reading_knows_it() {
    let mut reader = Reader::new();
    let first = reader.read(Told::default());
    // A condition, not a time: until the kernel has counted for long enough.
    let second = loop {
        let second = reader.read(Told::default());
        if second.process.cpu_percent.is_some() && second.host.cpu_percent.is_some() {
            break second;
        }
        std::hint::black_box((0..100_000_u64).sum::<u64>());
    };
    let spent = |report: &super::SystemReport| report.process.cpu_seconds.expect("this is Linux");
    assert!(spent(&second) >= spent(&first));
    let process = second.process.cpu_percent.expect("it is there");
    let host = second.host.cpu_percent.expect("it is there");
    // This loop is busy, and other tests may be.
    assert!(process > 0.0, "{process}");
    assert!((0.0..=100.0).contains(&host), "{host}");
}

// Mutations: two of the numbers are exchanged; kilobytes are served as bytes.
#[test]
fn the_report_has_the_numbers_of_the_kernel() {
    let report = report();
    let number = |path: &str| {
        let value = report.pointer(path).and_then(Value::as_f64);
        value.unwrap_or_else(|| panic!("{path} is no number in {report:#}"))
    };
    let total = crate::collect::double(first_number("/proc/meminfo", "MemTotal:") * 1024);
    assert_eq!(
        number("/host/memory/total_bytes").to_bits(),
        total.to_bits()
    );
    assert!(number("/host/memory/available_bytes") <= total);
    assert!(number("/host/memory/used_bytes") <= total);
    let cpus = fs::read_to_string("/proc/cpuinfo").expect("the kernel has it");
    let cpus = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    assert_eq!(report["host"]["cpus"], cpus);
    assert_eq!(report["process"]["id"], std::process::id());
    assert!(number("/process/resident_memory_bytes") < number("/process/virtual_memory_bytes"));
    assert!(number("/process/open_files") >= 3.0);
    assert!(number("/process/threads") >= 2.0);
    assert!(number("/process/start_time_seconds") > 1.6e9);
    assert!(number("/host/uptime_seconds") > 0.0);
    for load in ["one_minute", "five_minutes", "fifteen_minutes"] {
        assert!(number(&format!("/host/load/{load}")) >= 0.0);
    }
    let interfaces = fs::read_to_string("/proc/net/dev").expect("the kernel has it");
    let mut names: Vec<&str> = interfaces
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0.trim()))
        .collect();
    names.sort_unstable();
    let served = report["host"]["network"].as_array().expect("it is a list");
    let served: Vec<_> = served
        .iter()
        .filter_map(|own| own["name"].as_str())
        .collect();
    assert_eq!(served, names);
    for disk in report["host"]["disks"].as_array().expect("it is a list") {
        assert!(
            disk["available_bytes"].as_u64() <= disk["total_bytes"].as_u64(),
            "{disk}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runtime_is_the_one_that_it_is_asked_on() {
    let told = tokio::task::spawn_blocking(report)
        .await
        .expect("it doesn't panic");
    assert_eq!(told["runtime"]["workers"], 2);
    let elsewhere = thread::spawn(report).join().expect("it doesn't panic");
    assert_eq!(elsewhere["runtime"], Value::Null);
}

// Mutations: the file systems are read where the report is made, or under its lock;
// what was read before is forgotten.
#[test]
fn file_systems_that_hang_take_nothing_else_with_them() {
    let (release, held) = channel::<()>();
    let (sender, runs) = channel::<()>();
    let held: Mutex<Receiver<()>> = Mutex::new(held);
    // Enough for the readings that succeed on a busy machine.
    let limit = Duration::from_secs(3);
    let mounts = Mounts::new(limit, move || {
        sender.send(()).expect("the test listens");
        // The first reading goes through.
        let _ = held.lock().expect("it isn't poisoned").recv();
        vec![Disk {
            mount_point: "/data".to_owned(),
            file_system: "fuse".to_owned(),
            total_bytes: 8,
            available_bytes: 5,
        }]
    });
    release.send(()).expect("it listens");
    let report = || serde_json::to_value(read_with(&mounts)).expect("a report is JSON");
    assert_eq!(report()["host"]["disks_error"], Value::Null);
    // More than there are places at the desk of the endpoints, again and again.
    for _ in 0..3 {
        thread::scope(|scope| {
            let asked = [(); 8].map(|()| scope.spawn(report));
            for report in asked.map(|it| it.join().expect("it answers")) {
                assert_eq!(report["host"]["disks"][0]["mount_point"], "/data");
                let error = report["host"]["disks_error"].as_str();
                assert!(error.is_some_and(|error| error.contains("doesn't answer")));
                assert!(report["host"]["memory"]["total_bytes"].is_u64());
                assert_eq!(report["process"]["id"], std::process::id());
            }
        });
    }
    assert_eq!(
        runs.try_iter().count(),
        2,
        "one thread is stuck, and no more"
    );
    // The file system is back.
    drop(release);
    let until = Instant::now() + Duration::from_mins(1);
    while report()["host"]["disks_error"] != Value::Null {
        assert!(Instant::now() < until, "it stays gone");
        thread::yield_now();
    }
}
