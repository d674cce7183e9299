//! The server: this test's binary, run again as a child.

use crate::recorder::{Recorder, Work};
use crate::serving::Serving;
use axum::Router;
use integration_tests::served::{Served, say};
use metrics_runtime::{Access, Listener, Metrics, Registry};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// What a server is made of.
pub(crate) struct Setup {
    /// Fills the registry.
    pub(crate) fill: fn(&'static Registry),
    /// Sets the listener up.
    pub(crate) listen: fn(Listener) -> Listener,
    /// The application that axum serves, instead of the listener.
    pub(crate) mount: Option<fn(Metrics) -> Router>,
    /// Who may ask.
    pub(crate) access: fn() -> Access,
    /// Whether a thread records without a pause.
    pub(crate) records: bool,
    /// Answers commands that aren't the server's own.
    pub(crate) command: fn(&str),
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            fill: |registry| crate::population::fill(registry),
            listen: |listener| listener,
            mount: None,
            access: Access::new,
            records: false,
            command: |command| panic!("`{command}` is no command"),
        }
    }
}

/// The child, as the test sees it; it ends with this.
pub(crate) struct Server(Served);

impl Server {
    /// Starts the server of the test whose path is `test`; in the server itself,
    /// serves until it isn't needed any more, and gives nothing.
    pub(crate) fn start(test: &str, setup: &Setup) -> Option<Self> {
        Served::start(test, || serve(setup)).map(Self)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The process.
    pub(crate) fn process(&self) -> u32 {
        self.0.process()
    }

    /// What was recorded so far.
    pub(crate) fn work(&mut self) -> Work {
        self.ask_work("work")
    }

    /// Ends recording, and gives what was recorded in all.
    pub(crate) fn stop_recording(&mut self) -> Work {
        self.ask_work("stop")
    }

    /// Has the setup's own command done.
    pub(crate) fn command(&mut self, command: &str) {
        let done = self.0.ask(command);
        assert_eq!(done, "done");
    }

    /// Tasks that run on the runtime of an application of axum's.
    pub(crate) fn tasks(&mut self) -> usize {
        self.0.ask("tasks").parse().expect("it is a number")
    }

    fn ask_work(&mut self, command: &str) -> Work {
        let answer = self.0.ask(command);
        let (recordings, time) = answer.split_once(' ').expect("there are two");
        Work {
            recordings: recordings.parse().expect("it is a number"),
            time: Duration::from_nanos(time.parse().expect("it is a number")),
        }
    }
}

/// The child: serves, and answers what it is asked, a line each.
fn serve(setup: &Setup) {
    let registry: &'static Registry = Box::leak(Box::default());
    (setup.fill)(registry);
    let metrics = Metrics::builder().registry(registry);
    let metrics = metrics.access((setup.access)()).build();
    let metrics = metrics.expect("nothing is wrong");
    let mut recorder = setup.records.then(|| Recorder::start(registry));
    let serving = match setup.mount {
        None => Serving::listen((setup.listen)(metrics.listener())),
        Some(mount) => Serving::axum(mount(metrics)),
    };
    say(&serving.address());
    for command in io::stdin().lines().map_while(Result::ok) {
        let work = match command.as_str() {
            "work" => recorder.as_ref().map(Recorder::work),
            "stop" => recorder.take().map(Recorder::stop),
            "tasks" => {
                say(&serving.tasks());
                continue;
            }
            command => {
                (setup.command)(command);
                say(&"done");
                continue;
            }
        };
        let work = work.expect("it records");
        say(&format!("{} {}", work.recordings, work.time.as_nanos()));
    }
    serving.stop();
}
