//! The thread of a check: what hangs, blocks or panics there takes nothing else with
//! it.

use super::board::Board;
use super::check::Work;
use super::drive::drive;
use super::{HealthCheck, HealthReport};
use crate::panic::told;
use std::cell::Cell;
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Instant;
use tokio::runtime::Handle;

thread_local! {
    static IS_WORKER: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs a check, which can't wait for its own result.
pub(super) fn is_here() -> bool {
    IS_WORKER.get()
}

/// One run.
pub(super) struct Job {
    pub(super) until: Instant,
    pub(super) runtime: Option<Handle>,
}

/// How a run has ended.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Said(HealthReport),
    /// It was dropped, since it was late.
    Late,
    /// With this text, which may be empty.
    Panicked(String),
}

/// Starts the thread of a check, which ends with the sender.
pub(super) fn start(check: &HealthCheck, board: Weak<Board>) -> io::Result<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    let (name, work) = (check.name.clone(), Arc::clone(&check.work));
    let thread = thread::Builder::new().name(format!("health {name}"));
    thread.spawn(move || {
        IS_WORKER.set(true);
        for job in jobs {
            let verdict = run(&work, &job);
            let Some(board) = board.upgrade() else { return };
            board.finish(&name, verdict);
        }
    })?;
    Ok(sender)
}

fn run(work: &Work, job: &Job) -> Verdict {
    // Entered for blocking ones too: they may ask for the current runtime.
    let _runtime = job.runtime.as_ref().map(Handle::enter);
    let made = match work {
        Work::Blocking(check) => told(|| Some(check(job.until))),
        Work::Async(check) => told(check).and_then(|mut future| {
            let polled = told(|| drive(future.as_mut(), job.until));
            // By itself: a panic while another one unwinds would end the program.
            let dropped = told(move || drop(future));
            polled.and_then(|polled| dropped.map(|()| polled))
        }),
    };
    match made {
        Ok(Some(report)) => Verdict::Said(report),
        Ok(None) => Verdict::Late,
        Err(text) => Verdict::Panicked(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Verdict, run};
    use crate::health::{HealthCheck, HealthReport};
    use std::future::pending;
    use std::panic::{panic_any, resume_unwind};
    use std::time::{Duration, Instant};
    use tokio::runtime::{Builder, Handle};

    fn run_for(check: &HealthCheck, limit: Duration, runtime: Option<Handle>) -> Verdict {
        let until = Instant::now() + limit;
        run(&check.work, &Job { until, runtime })
    }

    fn verdict(check: &HealthCheck) -> Verdict {
        run_for(check, Duration::from_mins(1), None)
    }

    /// Panics when it is dropped.
    struct Grenade;

    impl Drop for Grenade {
        fn drop(&mut self) {
            resume_unwind(Box::new("in drop"))
        }
    }

    // F3. Mutation: `run` calls the check without catching.
    #[test]
    fn panics_of_every_payload_are_caught() {
        let text = |text: &str| Verdict::Panicked(text.to_owned());
        let str = HealthCheck::new("a", async || -> () { resume_unwind(Box::new("a str")) });
        assert_eq!(verdict(&str), text("a str"));
        let string = HealthCheck::blocking("a", || -> () {
            resume_unwind(Box::new("a String".to_owned()))
        });
        assert_eq!(verdict(&string), text("a String"));
        let other = HealthCheck::blocking("a", || -> () { panic_any(7) });
        assert_eq!(verdict(&other), text(""));
        let eager = HealthCheck::new("a", || -> std::future::Ready<()> {
            resume_unwind(Box::new("before the future"))
        });
        assert_eq!(verdict(&eager), text("before the future"));
    }

    // Mutation: the future is dropped where nothing catches.
    #[test]
    fn a_late_future_is_dropped_and_may_panic_then() {
        let check = HealthCheck::new("a", async || pending::<()>().await);
        assert_eq!(run_for(&check, Duration::ZERO, None), Verdict::Late);
        let check = HealthCheck::new("a", async || {
            let _grenade = Grenade;
            pending::<()>().await;
        });
        let verdict = run_for(&check, Duration::ZERO, None);
        assert_eq!(verdict, Verdict::Panicked("in drop".to_owned()));
    }

    // Mutation: the runtime isn't entered.
    #[test]
    fn timers_and_tasks_are_those_of_the_application() {
        let mut runtime = Builder::new_multi_thread();
        runtime.worker_threads(1).enable_time();
        let runtime = runtime.build().expect("there are threads");
        let check = HealthCheck::new("a", async || {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let here = std::thread::current().id();
            let task = tokio::spawn(async { std::thread::current().id() }).await;
            HealthReport::up().with("elsewhere", task.is_ok_and(|there| there != here))
        });
        let handle = Some(runtime.handle().clone());
        let verdict = run_for(&check, Duration::from_mins(1), handle);
        let expected = HealthReport::up().with("elsewhere", true);
        assert_eq!(verdict, Verdict::Said(expected));
        // Without one, what needs it panics, which is caught.
        let Verdict::Panicked(text) = run_for(&check, Duration::from_mins(1), None) else {
            panic!("there is no runtime");
        };
        assert!(text.contains("no reactor running"), "{text}");
    }
}
