//! What recording a call costs: `hot list|instr|time`.

use benchmarks::case::Case;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::hint::{black_box, spin_loop};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: hot list                     the cases: id, baseline, Instant pairs, lanes
       hot instr CASE               100,000 calls inside `cg_region`, for callgrind
       hot time ROUNDS [THREADS]    nanoseconds a call: id, lanes, min, median, samples
       hot threads                  how many threads `time` can use";

/// Calls before anything is measured.
const WARM_UP: u64 = 3_000;

/// Calls under callgrind.
const CALLS: u64 = 100_000;

/// A sample takes about this long.
const SAMPLE: Duration = Duration::from_micros(1_500);

fn main() -> ExitCode {
    benchmarks::offer_exemplars();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => list(),
        ["threads"] => println!("{}", cores().len()),
        ["instr", id] => return instr(id),
        ["time", rounds] => match rounds.parse() {
            Ok(rounds) => time(rounds, 1),
            Err(_) => return misused(),
        },
        ["time", rounds, threads] => match (rounds.parse(), threads.parse()) {
            (Ok(rounds), Ok(threads @ 1..)) => time(rounds, threads),
            _ => return misused(),
        },
        _ => return misused(),
    }
    ExitCode::SUCCESS
}

fn misused() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// The cases; ours and the baselines only, where nothing is recorded, and where
/// exemplars are, which others don't know.
fn cases() -> Vec<Case> {
    let mut cases = benchmarks::cases();
    let is_off = std::env::var_os("METRICS_ENABLED").is_some_and(|value| value == "false");
    if is_off || cfg!(feature = "exemplars") {
        cases.retain(|case| case.id.contains("/ours") || case.baseline.is_empty());
    }
    cases
}

fn list() {
    for case in cases() {
        let Case {
            id,
            baseline,
            instants,
            ..
        } = &case;
        println!("{id}\t{baseline}\t{instants}\t{}", case.lanes());
    }
}

fn instr(id: &str) -> ExitCode {
    let cases = cases();
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        eprintln!("there is no case `{id}`; `hot list` has them");
        return ExitCode::from(2);
    };
    warm_up(case, 0);
    benchmarks::settle();
    warm_up(case, 0);
    black_box(cg_region(case));
    ExitCode::SUCCESS
}

/// Callgrind counts while this runs.
#[inline(never)]
fn cg_region(case: &Case) -> u64 {
    case.run(black_box(CALLS), 0)
}

fn warm_up(case: &Case, lane: usize) {
    black_box(case.run(WARM_UP, lane));
}

/// The cores that this process may use, the last first: the first one has the
/// machine's interrupts.
fn cores() -> Vec<usize> {
    let allowed = rustix::thread::sched_getaffinity(None);
    let mut cores: Vec<usize> = allowed.map_or_else(
        |_| vec![0],
        |allowed| {
            let is_allowed = |core: &usize| allowed.is_set(*core);
            (0..CpuSet::MAX_CPU).filter(is_allowed).collect()
        },
    );
    cores.reverse();
    cores
}

fn pin(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    // Where it isn't allowed, the samples of moved threads are dropped.
    let _ = sched_setaffinity(None, &set);
}

/// What all threads do next.
struct Plan<'a> {
    case: &'a Case,
    lanes: Lanes,
    calls: u64,
}

/// Which series the threads record on.
#[derive(Clone, Copy)]
enum Lanes {
    /// All on the first.
    One,
    /// All on the same, another one in each round.
    Shared,
    /// Each on its own, another one in each round: the lanes are copies of the
    /// same code at other places, which alone makes some of them faster.
    Separate,
}

impl Lanes {
    const fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Shared => "shared",
            Self::Separate => "separate",
        }
    }

    const fn lane(self, round: usize, thread: usize) -> usize {
        match self {
            Self::One => 0,
            Self::Shared => round,
            Self::Separate => round + thread,
        }
    }
}

/// Prints the nanoseconds of a call, as each thread sees it. All cases take
/// turns, so that what else happens on the machine happens to all of them.
fn time(rounds: usize, threads: usize) {
    let cases = cases();
    // On a thread that isn't pinned: what counts the cores when it is first used
    // has to see all of them.
    for case in &cases {
        (0..case.lanes()).for_each(|lane| warm_up(case, lane));
    }
    benchmarks::settle();
    let plans: Vec<Plan> = cases
        .iter()
        .flat_map(|case| {
            let calls = calibrate(case);
            let compared = threads > 1 && case.lanes() > 1;
            let lanes: &[Lanes] = if compared {
                &[Lanes::One, Lanes::Shared, Lanes::Separate]
            } else {
                &[Lanes::One]
            };
            lanes.iter().map(move |&lanes| Plan { case, lanes, calls })
        })
        .collect();
    let samples = measure(&plans, rounds, threads);
    for (plan, mut samples) in plans.iter().zip(samples) {
        samples.sort_unstable_by(f64::total_cmp);
        let (Some(min), Some(median)) = (samples.first(), samples.get(samples.len() / 2)) else {
            eprintln!("no undisturbed sample of {}", plan.case.id);
            continue;
        };
        let (id, lanes, count) = (&plan.case.id, plan.lanes.word(), samples.len());
        println!("{id}\t{lanes}\t{threads}\t{min:.3}\t{median:.3}\t{count}");
    }
}

/// The samples of each plan, of all rounds that weren't disturbed.
fn measure(plans: &[Plan], rounds: usize, threads: usize) -> Vec<Vec<f64>> {
    let (gate, cores) = (Gate::new(threads), cores());
    let work = |thread: usize| {
        pin(cores[thread % cores.len()]);
        let round = |round: usize| {
            let lane = |plan: &Plan| plan.lanes.lane(round, thread);
            let samples = plans.iter().map(|plan| sample(plan, lane(plan), &gate));
            samples.collect()
        };
        (0..rounds).map(round).collect::<Vec<Vec<Option<f64>>>>()
    };
    let seen: Vec<_> = std::thread::scope(|scope| {
        let threads = 0..threads;
        let workers: Vec<_> = threads
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        let workers = workers.into_iter();
        workers
            .map(|worker| worker.join().expect("a case doesn't panic"))
            .collect()
    });
    // One that was disturbed in one thread was in all of them.
    let mean = |round: usize, plan: usize| {
        let all: Option<Vec<f64>> = seen.iter().map(|seen| seen[round][plan]).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few threads")]
        all.map(|all| all.iter().sum::<f64>() / all.len() as f64)
    };
    let samples = |plan| (0..rounds).filter_map(|round| mean(round, plan)).collect();
    (0..plans.len()).map(samples).collect()
}

/// How many calls a sample takes.
fn calibrate(case: &Case) -> u64 {
    let mut calls = WARM_UP;
    loop {
        let start = Instant::now();
        black_box(case.run(calls, 0));
        let took = start.elapsed();
        if took >= SAMPLE / 8 {
            let wanted = u128::from(calls) * SAMPLE.as_nanos() / took.as_nanos().max(1);
            return u64::try_from(wanted).unwrap_or(calls).max(1);
        }
        calls *= 2;
    }
}

/// One sample in nanoseconds a call; `None` if the thread was interrupted.
fn sample(plan: &Plan, lane: usize, gate: &Gate) -> Option<f64> {
    gate.wait();
    let (wall, cpu) = (Instant::now(), thread_time());
    black_box(plan.case.run(plan.calls, lane));
    let (wall, cpu) = (wall.elapsed(), thread_time().saturating_sub(cpu));
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let calls = plan.calls as f64;
    // Running 98 % of the time counts as undisturbed.
    (cpu * 100 >= wall * 98).then(|| wall.as_secs_f64() * 1e9 / calls)
}

fn thread_time() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    let nanos = u32::try_from(tv_nsec).unwrap_or(0);
    Duration::new(tv_sec.unsigned_abs(), nanos)
}

/// Lets all threads start at the same moment.
struct Gate {
    threads: usize,
    arrived: AtomicUsize,
}

impl Gate {
    const fn new(threads: usize) -> Self {
        Self {
            threads,
            arrived: AtomicUsize::new(0),
        }
    }

    fn wait(&self) {
        // Relaxed: nothing but the moment is passed on.
        let before = self.arrived.fetch_add(1, Ordering::Relaxed);
        let wanted = (before / self.threads + 1) * self.threads;
        while self.arrived.load(Ordering::Relaxed) < wanted {
            spin_loop();
        }
    }
}
