//! A real `PostgreSQL` server, with the extension that counts statements.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::account::{give, is_root, open_to_all, run};
use crate::component::{Component, free_port, fresh_home};

/// A running server; stopped on drop.
///
/// It can be killed and started again, on the same port and with the same data.
#[derive(Debug)]
pub struct Postgres {
    component: Option<Component>,
    /// Not the component's own folder, which goes with it.
    data: TempDir,
    port: u16,
    /// Where the programs are, which Debian keeps out of the PATH.
    programs: PathBuf,
}

/// How long the server may take for anything.
const LIMIT: Duration = Duration::from_mins(1);

impl Postgres {
    /// Makes an empty cluster and starts its server.
    ///
    /// # Panics
    ///
    /// When it is not installed or isn't ready in a minute.
    pub fn start() -> Self {
        let programs = find_programs();
        let data = fresh_home();
        let cluster = data.path().join("cluster");
        // The server refuses to run as root; its user has to reach the folder.
        fs::create_dir(&cluster).expect("a temporary folder is writable");
        open_to_all(data.path());
        give(&cluster, "postgres");
        let mut command = as_server(&programs.join("initdb"));
        command.arg("-D").arg(&cluster);
        command.args(["-A", "trust", "-U", "postgres", "-N", "--no-instructions"]);
        run("postgres", &mut command);
        let mut server = Self {
            component: None,
            data,
            port: free_port(),
            programs,
        };
        server.restart();
        server
    }

    /// Where the database `postgres` is, for its superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills the server, as a machine does that loses its power.
    ///
    /// # Panics
    ///
    /// When it doesn't end within a minute.
    pub fn kill(&mut self) {
        if let Some(mut component) = self.component.take() {
            // At once and without a shutdown of the database, but with its children,
            // which would hold the port for a while.
            component.quit();
            let ended = component.wait(LIMIT);
            assert!(ended.is_some(), "the server doesn't end");
        }
    }

    /// Starts the server again after [`kill`](Self::kill), and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it isn't ready in a minute.
    pub fn restart(&mut self) {
        self.kill();
        let mut command = as_server(&self.programs.join("postgres"));
        command.arg("-D").arg(self.data.path().join("cluster"));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-k", ""]);
        // Nothing of this has to outlive the machine.
        command.args(["-F", "-c", "shared_preload_libraries=pg_stat_statements"]);
        // It would have transactions of its own among those that are counted.
        command.args(["-c", "autovacuum=off"]);
        let home = fresh_home();
        // It goes back to where it was started.
        open_to_all(home.path());
        let mut component = Component::start(command, home);
        let ready = self.programs.join("pg_isready");
        let port = self.port.to_string();
        component.wait_until("connection", LIMIT, || {
            let mut command = Command::new(&ready);
            command.args(["-q", "-h", "127.0.0.1", "-p", &port]);
            let answer = command.status().ok()?;
            answer.success().then_some(())
        });
        self.component = Some(component);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its children would else write into the folder that goes next.
        if let Some(mut component) = self.component.take() {
            component.quit();
            let _ = component.wait(LIMIT);
        }
    }
}

/// The newest version that Debian has installed, else that of the PATH.
fn find_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let programs = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let installed = programs.filter(|folder| folder.join("postgres").exists());
    installed
        .max_by_key(|folder| version(folder))
        .unwrap_or_default()
}

/// The number that the folder around this one is called by: 10 is newer than 9.6.
fn version(programs: &Path) -> Option<Vec<u32>> {
    let name = programs.parent()?.file_name()?.to_str()?;
    name.split('.').map(|part| part.parse().ok()).collect()
}

/// Runs the program as the user that the server wants, which is this one unless it is
/// root.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    // Unlike `runuser` it becomes the program, so that signals reach that.
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid",
        "postgres",
        "--regid",
        "postgres",
        "--init-groups",
    ]);
    command.arg(program);
    command
}
