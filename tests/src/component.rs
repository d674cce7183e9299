//! A program under test, run as a child process.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::deadline::poll;
use crate::http;

/// The programs that the tests need and the Debian packages that have them.
const PACKAGES: [(&str, &str); 7] = [
    ("mariadbd", "mariadb-server-core"),
    ("postgres", "postgresql"),
    ("prometheus", "prometheus"),
    ("prometheus-pushgateway", "prometheus-pushgateway"),
    ("promtool", "prometheus"),
    ("redis-server", "redis-server"),
    ("victoria-metrics", "victoria-metrics"),
];

/// Runs a program until its own input ends, which it does when the test process
/// does, in whatever way; then removes the folder. Signals to the whole group of
/// processes, such as that of Ctrl-C, leave the guard alone.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ trap '' HUP INT TERM; read -r _ <&3; kill -9 "$program"; rm -rf "$PWD"; } 2>/dev/null &
guard=$!
wait "$program"
code=$?
kill -9 "$guard"
[ "$code" != 137 ] || rm -rf "$PWD"
exit "$code"
"#;

/// A child process with a folder and a log of its own, killed on drop.
#[derive(Debug)]
pub struct Component {
    name: String,
    child: Child,
    home: TempDir,
    /// The child is a shell, which ends the program when its input ends.
    supervised: bool,
}

impl Component {
    /// Starts `command` in `home`, where its output goes to the file `log`.
    ///
    /// # Panics
    ///
    /// When the program can't be started; the message names the Debian package
    /// to install.
    pub fn start(command: Command, home: TempDir) -> Self {
        let name = program_name(&command);
        Self::spawn(command, name, Stdio::null(), home)
    }

    /// As [`start`](Self::start), for a component that is kept in a `static`, which
    /// is never dropped: it ends with the test process, however that ends.
    ///
    /// # Panics
    ///
    /// When there is no shell. A program that isn't there is found by
    /// [`wait_until_ready`](Self::wait_until_ready).
    pub fn start_supervised(command: &Command, home: TempDir) -> Self {
        let name = program_name(command);
        let mut shell = Command::new("sh");
        shell.args(["-c", SUPERVISOR, "sh"]);
        shell.arg(command.get_program()).args(command.get_args());
        let mut component = Self::spawn(shell, name, Stdio::piped(), home);
        component.supervised = true;
        component
    }

    fn spawn(mut command: Command, name: String, input: Stdio, home: TempDir) -> Self {
        let log = File::create(home.path().join("log")).expect("a temporary folder is writable");
        let errors = log.try_clone().expect("an open file can be duplicated");
        let child = command
            .current_dir(home.path())
            .stdin(input)
            .stdout(log)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("{}", explain_start(&name, &error)));
        Self {
            name,
            child,
            home,
            supervised: false,
        }
    }

    /// The folder that lives as long as the component.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the component has written to its standard output and error.
    pub fn log(&self) -> String {
        let log = fs::read(self.home().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Polls `url` until it answers 200.
    ///
    /// # Panics
    ///
    /// When the component exits, or isn't ready within `limit`.
    pub fn wait_until_ready(&mut self, url: &str, limit: Duration) {
        self.wait_until(&format!("200 on {url}"), limit, || {
            let response = http::get(url, &[]).ok()?;
            (response.status == 200).then_some(())
        });
    }

    /// Polls until `probe` says that the component is ready; `answer` is what it is
    /// then known by.
    ///
    /// # Panics
    ///
    /// When the component exits, or isn't ready within `limit`.
    pub fn wait_until(
        &mut self,
        answer: &str,
        limit: Duration,
        mut probe: impl FnMut() -> Option<()>,
    ) {
        let ready = poll(limit, || {
            if let Some(status) = self.wait(Duration::ZERO) {
                let (name, log) = (&self.name, self.log());
                // That of a shell which doesn't find a program.
                if self.supervised && status.code() == Some(127) {
                    let error = io::ErrorKind::NotFound.into();
                    panic!("{}", explain_start(name, &error));
                }
                panic!("`{name}` stopped with {status} before it was ready; its log:\n{log}");
            }
            probe()
        });
        let (name, log) = (&self.name, self.log());
        assert!(
            ready.is_some(),
            "`{name}` gave no {answer} within {limit:?}; its log:\n{log}"
        );
    }

    /// Waits for the exit; `None` when the component still runs after `limit`.
    ///
    /// # Panics
    ///
    /// When the operating system refuses to tell.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        poll(limit, || {
            let status = self.child.try_wait();
            status.expect("the state of an own child can be read")
        })
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends SIGTERM, as service managers do.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGQUIT, at which a database stops at once.
    pub fn quit(&self) {
        self.signal(Signal::QUIT);
    }

    fn signal(&self, signal: Signal) {
        let name = &self.name;
        kill_process(Pid::from_child(&self.child), signal)
            .unwrap_or_else(|error| panic!("can't send {signal:?} to `{name}`: {error}"));
    }
}

impl Drop for Component {
    fn drop(&mut self) {
        // All fail only when the component is gone already. To wait closes the
        // input, at whose end the shell kills what it supervises.
        if !self.supervised {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A fresh folder, to be given to [`Component::start`].
///
/// # Panics
///
/// When the system's temporary folder isn't writable.
pub fn fresh_home() -> TempDir {
    tempfile::Builder::new()
        .prefix("integration-tests-")
        .tempdir()
        .expect("the system's temporary folder is writable")
}

/// A port on 127.0.0.1 that nothing listens on.
///
/// It lies below the range from which Linux takes the ports of outgoing
/// connections, so that none of those takes it before the component does; each
/// call gives another one, and test processes start at different places.
///
/// # Panics
///
/// When every port of the range is taken.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);

    let start = process::id().wrapping_mul(97) % COUNT;
    (0..COUNT)
        .filter_map(|_| {
            // Relaxed: the number has to be unique and orders nothing else.
            let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
            u16::try_from(FIRST + offset % COUNT).ok()
        })
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one port in twenty thousand is free")
}

/// Why a program didn't start, and what to install.
pub(crate) fn explain_start(name: &str, error: &io::Error) -> String {
    let package = PACKAGES.iter().find(|(program, _)| *program == name);
    match package {
        Some((_, package)) => format!(
            "can't start `{name}`: {error}; install the Debian package `{package}`, or run scripts/test.sh, which does"
        ),
        None => format!("can't start `{name}`: {error}"),
    }
}

fn program_name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_package_of_a_missing_program() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        let message = explain_start("promtool", &error);
        assert!(
            message.contains("install the Debian package `prometheus`"),
            "{message}"
        );
    }

    #[test]
    fn gives_a_different_port_each_time() {
        assert_ne!(free_port(), free_port());
    }

    #[test]
    fn logs_output_and_exit_code() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let mut component = Component::start(command, fresh_home());
        let status = component.wait(Duration::from_secs(10));
        assert_eq!(status.and_then(|status| status.code()), Some(3));
        assert_eq!(component.log(), "out\nerr\n");
    }

    /// A supervised program that writes its number down and then sleeps.
    fn supervised() -> (Component, Pid) {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$; exec sleep 600"]);
        let component = Component::start_supervised(&command, fresh_home());
        let pid = poll(Duration::from_mins(1), || {
            Pid::from_raw(component.log().trim().parse().ok()?)
        });
        (component, pid.expect("it has started"))
    }

    // Mutation: the supervisor doesn't kill.
    #[test]
    fn what_is_supervised_ends_with_the_process_that_started_it() {
        let (mut component, pid) = supervised();
        // What the system does when a process ends.
        drop(component.child.stdin.take());
        let status = component.wait(Duration::from_mins(1));
        assert_eq!(status.and_then(|status| status.code()), Some(137));
        assert!(rustix::process::test_kill_process(pid).is_err());
        assert!(!component.home().exists());
        let (component, pid) = supervised();
        drop(component);
        assert!(rustix::process::test_kill_process(pid).is_err());
    }

    #[test]
    fn a_supervised_program_that_ends_is_seen() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; exit 3"]);
        let mut component = Component::start_supervised(&command, fresh_home());
        let status = component.wait(Duration::from_secs(10));
        assert_eq!(status.and_then(|status| status.code()), Some(3));
        assert_eq!(component.log(), "out\n");
    }

    #[test]
    fn kills_on_drop() {
        let mut command = Command::new("sleep");
        command.arg("600");
        let component = Component::start(command, fresh_home());
        let pid = Pid::from_child(&component.child);
        let home = component.home().to_owned();
        drop(component);
        assert!(rustix::process::test_kill_process(pid).is_err());
        assert!(!home.exists());
    }
}
