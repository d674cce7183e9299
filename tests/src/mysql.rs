//! A real server that speaks the protocol of `MySQL`: `MariaDB`, which Debian has.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::account::{give, is_root, open_to_all, run_with};
use crate::component::{Component, free_port, fresh_home};

/// A running server; killed on drop.
///
/// It can be killed and started again, on the same port and with the same data.
#[derive(Debug)]
pub struct MySql {
    component: Option<Component>,
    /// Not the component's own folder, which goes with it.
    data: TempDir,
    port: u16,
    program: PathBuf,
}

/// How long the server may take for anything.
const LIMIT: Duration = Duration::from_mins(1);

/// The system's tables, in the order in which they are made.
const TABLES: [&str; 3] = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
];

/// One statement a line, as the server wants it where it is set up. All that connects
/// comes from this machine, and only the tests know the port.
const BEFORE: &str = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n";
const AFTER: &str = "\nREPLACE INTO global_priv VALUES \
    ('127.0.0.1', 'root', '{\"access\":18446744073709551615}');\nCREATE DATABASE app;\n";

/// A user that every machine has, for a server that refuses to run as root.
const USER: &str = "nobody";

impl MySql {
    /// Makes an empty database, `app`, and starts its server.
    ///
    /// # Panics
    ///
    /// When it is not installed or isn't ready in a minute.
    pub fn start() -> Self {
        let data = fresh_home();
        open_to_all(data.path());
        let mut server = Self {
            component: None,
            data,
            port: free_port(),
            program: find_program(),
        };
        let folder = server.folder();
        fs::create_dir(&folder).expect("a temporary folder is writable");
        give(&folder, USER);
        let input = server.data.path().join("set-up.sql");
        write_set_up(&input);
        let input = File::open(&input).expect("it was written");
        run_with("mariadbd", server.command().arg("--bootstrap"), input);
        server.restart();
        server
    }

    /// Where the database `app` is, for its superuser.
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/app", self.port)
    }

    /// Kills the server, as a machine does that loses its power.
    pub fn kill(&mut self) {
        self.component = None;
    }

    /// Starts the server again after [`kill`](Self::kill), and waits until it greets.
    ///
    /// # Panics
    ///
    /// When it isn't ready in a minute.
    pub fn restart(&mut self) {
        self.kill();
        let home = fresh_home();
        // It goes there, as the user that it is given.
        open_to_all(home.path());
        let mut command = self.command();
        command
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
            .arg(format!("--port={}", self.port));
        let mut component = Component::start(command, home);
        let port = self.port;
        component.wait_until("greeting", LIMIT, || {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
            stream.set_read_timeout(Some(LIMIT)).ok()?;
            // The length of what follows, its number, and the version of the protocol.
            let mut start = [0; 5];
            stream.read_exact(&mut start).ok()?;
            (start[4] == 10).then_some(())
        });
        self.component = Some(component);
    }

    fn folder(&self) -> PathBuf {
        self.data.path().join("data")
    }

    /// The server, without the settings of the machine.
    fn command(&self) -> Command {
        let folder = self.folder();
        let mut command = Command::new(&self.program);
        command.arg("--no-defaults");
        for (option, file) in [
            ("datadir", "."),
            ("socket", "socket"),
            ("pid-file", "process"),
        ] {
            let path = folder.join(file);
            command.arg(format!("--{option}={}", path.display()));
        }
        // Nothing of this has to outlive the machine.
        command.args(["--innodb-flush-method=nosync", "--innodb-log-file-size=8M"]);
        command.args(["--innodb-buffer-pool-size=32M", "--skip-log-bin"]);
        if is_root() {
            command.arg(format!("--user={USER}"));
        }
        command
    }
}

/// Where Debian has it, which is out of the PATH of users, else in the PATH.
fn find_program() -> PathBuf {
    let installed = PathBuf::from("/usr/sbin/mariadbd");
    if installed.exists() {
        installed
    } else {
        "mariadbd".into()
    }
}

/// Writes the statements that set a database up.
fn write_set_up(path: &Path) {
    let folders = ["/usr/share/mysql", "/usr/share/mariadb"].map(Path::new);
    let mut input = File::create(path).expect("a temporary folder is writable");
    let mut write = |text: &[u8]| input.write_all(text).expect("there is space");
    write(BEFORE.as_bytes());
    for table in TABLES {
        let files = folders.iter().map(|folder| folder.join(table));
        let text = files.into_iter().find_map(|file| fs::read(file).ok());
        // Without them, the start says which package is missing.
        write(&text.unwrap_or_default());
    }
    write(AFTER.as_bytes());
}
