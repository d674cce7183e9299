//! A server that is the test's own binary, run again as a child, so that its memory and
//! its processor's time can be measured.

use std::env;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const CHILD: &str = "SERVED_CHILD";

/// What stands before each answer of the child: the test harness, which is in it
/// too, prints lines of its own.
const MARK: &str = "server: ";

/// The child takes far less for anything that it is asked.
const PATIENCE: Duration = Duration::from_mins(1);

/// The child, as the test sees it; it ends with this.
#[derive(Debug)]
pub struct Served {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<String>,
    address: SocketAddr,
}

impl Served {
    /// Starts the server of the test whose path is `test`. In the server itself, gives
    /// nothing, once `serve` returns: it [says](say) its address first, and then an
    /// answer for each line of its input.
    ///
    /// # Panics
    ///
    /// The server doesn't start, or says no address.
    pub fn start(test: &str, serve: impl FnOnce()) -> Option<Self> {
        if env::var_os(CHILD).is_some() {
            serve();
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

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it answers to a command.
    ///
    /// # Panics
    ///
    /// The server doesn't answer.
    pub fn ask(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").expect("the server runs");
        self.answer()
    }

    fn answer(&self) -> String {
        let answer = self.answers.recv_timeout(PATIENCE);
        answer.expect("the server answers")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, if it failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Says something in the server, to the test.
pub fn say(line: &impl Display) {
    println!("{MARK}{line}");
}
