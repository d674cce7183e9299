//! `process_*` against the kernel.

use crate::{PATIENCE, built, expect, value};
use integration_tests::deadline::poll;
use metrics_runtime::{Metrics, Registry};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// CPU seconds of the process, by a system call.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = f64::from(i32::try_from(time.tv_sec).expect("tests are shorter"));
    seconds + f64::from(i32::try_from(time.tv_nsec).expect("it is below a second")) / 1e9
}

/// Entries of a folder of `/proc/self`.
fn entries(folder: &str) -> f64 {
    let listed = fs::read_dir(format!("/proc/self/{folder}")).expect("the kernel has it");
    f64::from(u32::try_from(listed.count()).expect("there are few"))
}

/// Waits until a family has the value that `other` finds in another way at the same
/// time, and that it has `enough`.
fn agrees(metrics: Metrics, name: &str, other: impl Fn() -> f64, enough: impl Fn(f64) -> bool) {
    let agree = || {
        let (before, ours) = (other(), value(metrics, name, &[]));
        (before.to_bits() == ours.to_bits() && enough(ours)).then_some(())
    };
    let seen = poll(PATIENCE, agree);
    let values = (other(), value(metrics, name, &[]));
    assert!(seen.is_some(), "{name}: {values:?}");
}

static CPU: Registry = Registry::new();

// Mutations: system time alone is read; ticks are milliseconds; whole seconds are served.
#[test]
fn cpu_seconds_grow_by_what_is_used_and_have_fractions() {
    let metrics = built(&CPU);
    let seen = || value(metrics, "process_cpu_seconds_total", &[]);
    let (before, start) = (seen(), cpu_seconds());
    let mut fractions = false;
    // A condition of the processor's time, not of a clock on the wall.
    while cpu_seconds() - start < 0.5 {
        black_box((0..100_000_u64).map(black_box).sum::<u64>());
        fractions |= seen().fract() > 0.0;
    }
    let share = (seen() - before) / (cpu_seconds() - start);
    assert!((0.8..1.25).contains(&share), "{share}");
    assert!(fractions);
}

static FILES: Registry = Registry::new();

// Mutation: one descriptor too many is counted.
#[test]
fn open_files_are_those_of_the_kernel() {
    let metrics = built(&FILES);
    let open: Vec<File> = (0..100)
        .map(|_| File::open("/dev/null").expect("it is there"))
        .collect();
    // One is the listing itself.
    let listed = || entries("fd") - 1.0;
    agrees(metrics, "process_open_fds", listed, |files| files > 100.0);
    drop(open);
    let limit = |resource| match getrlimit(resource).current {
        #[expect(clippy::cast_precision_loss, reason = "the page holds doubles")]
        Some(limit) => limit as f64,
        None => f64::INFINITY,
    };
    expect(metrics, "process_max_fds", &[], limit(Resource::Nofile));
    let name = "process_virtual_memory_max_bytes";
    expect(metrics, name, &[], limit(Resource::As));
}

static MEMORY: Registry = Registry::new();

// Mutation: pages or kilobytes are served as bytes.
#[test]
fn memory_grows_by_what_is_touched() {
    const TOUCHED: usize = 64 << 20;
    let metrics = built(&MEMORY);
    let resident = || value(metrics, "process_resident_memory_bytes", &[]);
    let before = resident();
    let touched = black_box(vec![1_u8; TOUCHED]);
    let grown = (resident() - before) / f64::from(u32::try_from(TOUCHED).expect("it fits"));
    drop(black_box(touched));
    assert!((0.8..1.5).contains(&grown), "{grown}");
    // In kilobytes, where `stat` has bytes.
    let mapped = || {
        let status = fs::read_to_string("/proc/self/status").expect("the kernel has it");
        let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        let kilobytes: f64 = number.expect("it is there").parse().expect("a number");
        kilobytes * 1024.0
    };
    let name = "process_virtual_memory_bytes";
    agrees(metrics, name, mapped, |bytes| bytes > resident());
}

static THREADS: Registry = Registry::new();

#[test]
fn threads_are_those_of_the_kernel() {
    let metrics = built(&THREADS);
    thread::scope(|scope| {
        let ends = (0..7).map(|_| {
            let (end, wait) = channel::<()>();
            scope.spawn(move || wait.recv());
            end
        });
        let ends: Vec<_> = ends.collect();
        let tasks = || entries("task");
        agrees(metrics, "process_threads", tasks, |threads| threads >= 8.0);
        drop(ends);
    });
}

static START: Registry = Registry::new();

// Mutation: the time of the boot is served.
#[test]
fn the_start_time_is_boot_and_ticks_and_stays() {
    let metrics = built(&START);
    let seen = || value(metrics, "process_start_time_seconds", &[]);
    let told = seen();
    // From the other end: how long the machine is up, and how much of that the process
    // is not.
    let uptime = fs::read_to_string("/proc/uptime").expect("the kernel has it");
    let uptime: f64 = uptime
        .split(' ')
        .next()
        .and_then(|text| text.parse().ok())
        .expect("a number");
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs_f64();
    let text = fs::read_to_string("/proc/self/stat").expect("the kernel has it");
    let (_, fields) = text.rsplit_once(") ").expect("it has a name");
    let ticks: f64 = fields
        .split(' ')
        .nth(19)
        .and_then(|text| text.parse().ok())
        .expect("a number");
    let expected = now - uptime + ticks / 100.0;
    // The time of the boot is in whole seconds.
    assert!((told - expected).abs() < 2.0, "{told} {expected}");
    for _ in 0..1_000 {
        assert_eq!(seen().to_bits(), told.to_bits());
    }
}

static NETWORK: Registry = Registry::new();

// Mutation: the column beside is read.
#[test]
fn network_bytes_grow_by_what_is_sent() {
    const SENT: usize = 4 << 20;
    let metrics = built(&NETWORK);
    let receive = || value(metrics, "process_network_receive_bytes_total", &[]);
    let transmit = || value(metrics, "process_network_transmit_bytes_total", &[]);
    let before = [receive(), transmit()];
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(&vec![1; SENT]).expect("it is read");
        });
        let (mut stream, _) = listener.accept().expect("one connects");
        let mut received = Vec::new();
        stream.read_to_end(&mut received).expect("it is sent");
        assert_eq!(received.len(), SENT);
    });
    let sent = f64::from(u32::try_from(SENT).expect("it fits"));
    // The kernel counts for itself, on each of its processors.
    let grown = || (receive() - before[0] >= sent && transmit() - before[1] >= sent).then_some(());
    assert!(
        poll(PATIENCE, grown).is_some(),
        "{before:?}, {}, {}",
        receive(),
        transmit()
    );
}
