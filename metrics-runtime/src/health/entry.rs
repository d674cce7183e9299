//! One check: when it runs, and how it did.

use super::worker::{Job, Verdict};
use super::{CheckSummary, HealthCheck, HealthReport, HealthStatus};
use std::io;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// A check that was added.
pub(super) struct Entry {
    pub(super) check: HealthCheck,
    /// Where its thread takes its work from.
    jobs: Option<Sender<Job>>,
    /// When it runs next, unless it runs.
    due: Instant,
    running: Option<Running>,
    latest: Option<Latest>,
}

#[derive(Clone, Copy)]
struct Running {
    since: Instant,
    /// It is down for that already.
    late: bool,
}

struct Latest {
    report: HealthReport,
    took: Duration,
    at: Instant,
}

/// What is to be recorded of a run.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) status: HealthStatus,
    pub(super) took: Duration,
}

impl Entry {
    pub(super) const fn new(check: HealthCheck, now: Instant) -> Self {
        Self {
            check,
            jobs: None,
            due: now,
            running: None,
            latest: None,
        }
    }

    /// When there is something to do; `None` when only the end of its run changes
    /// anything.
    pub(super) fn next(&self) -> Option<Instant> {
        match self.running {
            None => Some(self.due),
            Some(Running { late: true, .. }) => None,
            Some(Running { since, .. }) => Some(since + self.check.timeout),
        }
    }

    /// Starts it if it is due, on the thread that `hire` starts if it has none. Is
    /// something only when there is a result: the system has no thread.
    pub(super) fn start(
        &mut self,
        now: Instant,
        runtime: Option<&Handle>,
        hire: impl FnOnce(&HealthCheck) -> io::Result<Sender<Job>>,
    ) -> Option<Run> {
        if self.running.is_some() || now < self.due {
            return None;
        }
        self.due = now + self.check.interval;
        let job = Job {
            until: now + self.check.timeout,
            runtime: runtime.cloned(),
        };
        let jobs = match self.jobs.take() {
            Some(jobs) => Ok(jobs),
            None => hire(&self.check),
        };
        let sent = jobs.and_then(|jobs| match jobs.send(job) {
            Ok(()) => Ok(jobs),
            // Its thread is gone, which it never is of itself.
            Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        });
        match sent {
            Ok(jobs) => {
                self.jobs = Some(jobs);
                self.running = Some(Running {
                    since: now,
                    late: false,
                });
                None
            }
            Err(error) => {
                let message = format!("no thread could be started for it: {error}");
                Some(self.settle(HealthReport::down(message), Duration::ZERO, now))
            }
        }
    }

    /// Gives it up for now if it is late.
    pub(super) fn give_up(&mut self, now: Instant) -> Option<Run> {
        let Running { since, .. } = self.running.filter(|running| !running.late)?;
        if now < since + self.check.timeout {
            return None;
        }
        self.running = Some(Running { since, late: true });
        Some(self.settle(HealthReport::down("timeout"), now - since, now))
    }

    /// Takes the end of a run down; is nothing if it was given up before.
    pub(super) fn finish(&mut self, verdict: Verdict, now: Instant) -> Option<Run> {
        let Running { since, late } = self.running.take()?;
        if late {
            return None;
        }
        let report = match verdict {
            Verdict::Said(report) => report,
            Verdict::Late => HealthReport::down("timeout"),
            Verdict::Panicked(text) if text.is_empty() => HealthReport::down("panicked"),
            Verdict::Panicked(text) => HealthReport::down(format!("panicked: {text}")),
        };
        Some(self.settle(report, now.saturating_duration_since(since), now))
    }

    fn settle(&mut self, report: HealthReport, took: Duration, at: Instant) -> Run {
        let status = report.status();
        self.latest = Some(Latest { report, took, at });
        Run { status, took }
    }

    /// Whether its latest result stands: the next one can't be there yet, or it has
    /// hung since.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        let hangs = self.running.is_some_and(|running| running.late);
        self.latest.as_ref().is_some_and(|latest| {
            hangs || now < latest.at + self.check.interval + self.check.timeout
        })
    }

    /// How it does.
    pub(super) fn summary(&self) -> CheckSummary {
        let unknown = HealthReport::down("it hasn't run yet");
        let latest = self.latest.as_ref();
        let report = latest.map_or(&unknown, |latest| &latest.report);
        let took = latest.map_or(Duration::ZERO, |latest| latest.took);
        let groups = self.check.groups.iter().map(ToString::to_string);
        CheckSummary {
            name: self.check.name.clone(),
            status: report.status(),
            critical: self.check.critical,
            groups: groups.collect(),
            duration_seconds: took.as_secs_f64(),
            message: report.message().map(str::to_owned),
            data: report.data().clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Verdict};
    use crate::health::{HealthCheck, HealthReport, HealthStatus};
    use std::io;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::{Duration, Instant};

    const TIMEOUT: Duration = Duration::from_secs(1);
    const INTERVAL: Duration = Duration::from_secs(10);

    struct Bench {
        entry: Entry,
        hired: Vec<Receiver<super::Job>>,
        start: Instant,
    }

    impl Bench {
        fn new() -> Self {
            let start = Instant::now();
            let entry = Entry::new(HealthCheck::new("db", async || ()), start);
            let hired = Vec::new();
            Self {
                entry,
                hired,
                start,
            }
        }

        fn at(&self, seconds: f64) -> Instant {
            self.start + Duration::from_secs_f64(seconds)
        }

        /// Whether a run was started.
        fn starts(&mut self, seconds: f64) -> bool {
            let now = self.at(seconds);
            let before = self.jobs();
            let run = self.entry.start(now, None, |_| {
                let (sender, jobs) = channel();
                self.hired.push(jobs);
                Ok(sender)
            });
            assert!(run.is_none());
            self.jobs() > before
        }

        fn jobs(&self) -> u32 {
            u32::from(self.entry.running.is_some())
        }

        fn finishes(&mut self, seconds: f64) -> Option<super::Run> {
            let now = self.at(seconds);
            self.entry.finish(Verdict::Said(HealthReport::up()), now)
        }

        fn status(&self) -> (HealthStatus, Option<String>) {
            let summary = self.entry.summary();
            (summary.status, summary.message)
        }
    }

    #[test]
    fn it_runs_at_its_interval_on_one_thread() {
        let mut bench = Bench::new();
        assert!(bench.starts(0.0));
        assert!(bench.finishes(0.5).is_some());
        assert!(!bench.starts(9.9));
        assert_eq!(bench.entry.next(), Some(bench.at(10.0)));
        assert!(bench.starts(10.0));
        assert_eq!(bench.entry.next(), Some(bench.at(11.0)));
        assert_eq!(bench.hired.len(), 1);
        assert_eq!(bench.hired[0].iter().take(2).count(), 2);
    }

    // F1. Mutations: `start` doesn't ask whether it runs; `finish` takes the result of
    // a run that was given up; `next` wakes again and again for one that hangs.
    #[test]
    fn what_hangs_is_down_and_never_run_twice_at_once() {
        let mut bench = Bench::new();
        assert!(bench.starts(0.0));
        assert!(bench.entry.give_up(bench.at(0.9)).is_none());
        let run = bench.entry.give_up(bench.at(1.0)).expect("it is late");
        assert_eq!((run.status, run.took), (HealthStatus::Down, TIMEOUT));
        assert!(bench.entry.give_up(bench.at(2.0)).is_none());
        let timeout = (HealthStatus::Down, Some("timeout".to_owned()));
        assert_eq!(bench.status(), timeout);
        for seconds in [10.0, 60.0, 3600.0] {
            assert!(!bench.starts(seconds), "{seconds}");
            assert!(bench.entry.is_settled(bench.at(seconds)));
        }
        assert_eq!(bench.entry.next(), None);
        assert!(bench.finishes(4000.0).is_none());
        assert_eq!(bench.status(), timeout);
        assert!(bench.starts(4000.0));
        assert!(bench.finishes(4000.1).is_some());
        assert_eq!(bench.status(), (HealthStatus::Up, None));
    }

    // F3. Mutation: the text of the panic is left out.
    #[test]
    fn panics_are_told_with_their_text() {
        for (text, expected) in [("", "panicked"), ("on purpose", "panicked: on purpose")] {
            let mut bench = Bench::new();
            assert!(bench.starts(0.0));
            let verdict = Verdict::Panicked(text.to_owned());
            assert!(bench.entry.finish(verdict, bench.at(0.1)).is_some());
            assert_eq!(bench.status().1.as_deref(), Some(expected));
        }
    }

    // Mutation: a result stands for ever.
    #[test]
    fn a_result_stands_until_the_next_one_must_be_there() {
        let mut bench = Bench::new();
        assert!(!bench.entry.is_settled(bench.at(0.0)));
        assert!(bench.starts(0.0));
        assert!(!bench.entry.is_settled(bench.at(0.0)));
        assert!(bench.finishes(0.0).is_some());
        let end = (INTERVAL + TIMEOUT).as_secs_f64();
        assert!(bench.entry.is_settled(bench.at(end - 0.1)));
        assert!(!bench.entry.is_settled(bench.at(end)));
    }

    // Mutation: it counts as running.
    #[test]
    fn without_a_thread_it_is_down_and_tries_again() {
        let mut bench = Bench::new();
        let now = bench.start;
        let refused = |_: &HealthCheck| Err(io::ErrorKind::WouldBlock.into());
        let run = bench.entry.start(now, None, refused);
        assert_eq!(run.map(|run| run.status), Some(HealthStatus::Down));
        let message = bench.status().1.unwrap_or_default();
        assert!(message.starts_with("no thread could be started for it: "));
        assert!(!bench.starts(9.0));
        assert!(bench.starts(10.0));
    }
}
