//! What recording a request costs: `request list|time|instr`.

use benchmarks::processor::{pin, used};
use benchmarks::request::{ALL, Recorded, ask};
use std::process::ExitCode;

const USAGE: &str = "\
usage: request list          the services
       request time          nanoseconds a request: service, least, median
       request instr SERVICE 10,000 requests inside `cg_region`, for callgrind";

/// Requests of a sample, and of what callgrind counts.
const SAMPLE: u64 = 2_000;
const COUNTED: u64 = 10_000;

/// Samples of each service, which take turns.
const ROUNDS: usize = 101;

/// Requests between what a service does now and then.
const NOW_AND_THEN: u64 = 4_096;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => ALL
            .iter()
            .for_each(|recorded| println!("{}", recorded.name)),
        ["time"] => time(),
        ["instr", name] => {
            let Some(recorded) = ALL.iter().find(|known| known.name == *name) else {
                eprintln!("there is no such service; `request list` has them");
                return ExitCode::from(2);
            };
            instr(recorded);
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn time() {
    pin();
    benchmarks::settle();
    let services = ALL.iter().map(Recorded::start);
    let mut services: Vec<_> = services.map(|service| (service, Vec::new())).collect();
    for _ in 0..ROUNDS {
        for ((service, now_and_then), samples) in &mut services {
            let start = used();
            for _ in 0..SAMPLE {
                ask(service);
            }
            now_and_then();
            let sample = used().saturating_sub(start).as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "it is some thousands")]
            samples.push(sample * 1e9 / SAMPLE as f64);
        }
    }
    for (recorded, (_, samples)) in ALL.iter().zip(&mut services) {
        samples.sort_by(f64::total_cmp);
        let (least, median) = (samples[0], samples[samples.len() / 2]);
        println!("{}\t{least:.1}\t{median:.1}", recorded.name);
    }
}

fn instr(recorded: &Recorded) {
    benchmarks::settle();
    let (mut service, now_and_then) = recorded.start();
    for _ in 0..1_000 {
        ask(&mut service);
    }
    cg_region(&mut || {
        for nth in 0..COUNTED {
            ask(&mut service);
            if nth % NOW_AND_THEN == 0 {
                now_and_then();
            }
        }
    });
}

/// Callgrind counts while this runs.
#[inline(never)]
fn cg_region(work: &mut dyn FnMut()) {
    work();
}
