//! The server: this test's binary, run again as a child.

use crate::recorder::{Recorder, Work};
use metrics_runtime::{Listener, Metrics, Registry};
use std::env;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const CHILD: &str = "LOAD_SERVER";

/// What stands before each answer of the child: the test harness, which is in
/// it too, prints lines of its own.
const MARK: &str = "server: ";

/// The child takes far less for anything that it is asked.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a server is made of.
pub(crate) struct Setup {
    /// Fills the registry.
    pub(crate) fill: fn(&'static Registry),
    /// Sets the listener up.
    pub(crate) listen: fn(Listener) -> Listener,
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
            records: false,
            command: |command| panic!("`{command}` is no command"),
        }
    }
}

/// The child, as the test sees it; it ends with this.
pub(crate) struct Server {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<String>,
    address: SocketAddr,
}

impl Server {
    /// Starts the server of the test whose path is `test`; in the server itself,
    /// serves until it isn't needed any more, and gives nothing.
    pub(crate) fn start(test: &str, setup: &Setup) -> Option<Self> {
        if env::var_os(CHILD).is_some() {
            serve(setup);
            return None;
        }
        let binary = env::current_exe().expect("the test has a binary");
        let mut child = Command::new(binary)
            .args(["--exact", test, "--nocapture"])
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let commands = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
        let (sender, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, answer)) = line.split_once(MARK) {
                    drop(sender.send(answer.to_owned()));
                }
            }
        });
        let mut server = Self {
            child,
            commands,
            answers,
            address: ([0, 0, 0, 0], 0).into(),
        };
        let address = server.answer();
        server.address = address.parse().expect("it is an address");
        Some(server)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
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
        let done = self.ask(command);
        assert_eq!(done, "done");
    }

    fn ask_work(&mut self, command: &str) -> Work {
        let answer = self.ask(command);
        let (recordings, time) = answer.split_once(' ').expect("there are two");
        Work {
            recordings: recordings.parse().expect("it is a number"),
            time: Duration::from_nanos(time.parse().expect("it is a number")),
        }
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").expect("the server runs");
        self.answer()
    }

    fn answer(&self) -> String {
        let answer = self.answers.recv_timeout(PATIENCE);
        answer.expect("the server answers")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, if it failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The child: serves, and answers what it is asked, a line each.
fn serve(setup: &Setup) {
    let registry: &'static Registry = Box::leak(Box::default());
    (setup.fill)(registry);
    let metrics = Metrics::builder().registry(registry).build();
    let listener = metrics.expect("nothing is wrong").listener();
    let listener = (setup.listen)(listener.address("127.0.0.1:0"));
    let mut recorder = setup.records.then(|| Recorder::start(registry));
    let server = listener.start().expect("a port is free");
    say(&server.local_addr().to_string());
    for command in io::stdin().lines().map_while(Result::ok) {
        let work = match command.as_str() {
            "work" => recorder.as_ref().map(Recorder::work),
            "stop" => recorder.take().map(Recorder::stop),
            command => {
                (setup.command)(command);
                say("done");
                continue;
            }
        };
        let work = work.expect("it records");
        say(&format!("{} {}", work.recordings, work.time.as_nanos()));
    }
    server.shutdown();
}

fn say(line: &str) {
    println!("{MARK}{line}");
}
