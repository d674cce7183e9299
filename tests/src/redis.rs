//! A real Redis server, which forgets everything when it stops.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::component::{Component, free_port, fresh_home};
use crate::deadline::poll;

/// How long the server may take for anything.
const LIMIT: Duration = Duration::from_mins(1);

/// A server on loopback; killed on drop.
#[derive(Debug)]
pub struct Redis {
    component: Option<Component>,
    port: u16,
}

/// What the server says of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandStats {
    /// It was executed so many times.
    pub calls: u64,
    /// It was refused before it was executed.
    pub rejected: u64,
    /// It was executed and has failed.
    pub failed: u64,
}

impl Redis {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it is not installed or isn't ready in a minute.
    pub fn start() -> Self {
        let mut redis = Self {
            component: None,
            port: free_port(),
        };
        redis.restart();
        redis
    }

    /// Starts it again, empty, on the same port; kills it first if it runs.
    ///
    /// # Panics
    ///
    /// When it isn't ready in a minute.
    pub fn restart(&mut self) {
        self.kill();
        let home = fresh_home();
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.port.to_string(), "--dir"])
            .arg(home.path());
        let mut component = Component::start(command, home);
        let ready = poll(LIMIT, || {
            if let Some(status) = component.wait(Duration::ZERO) {
                let log = component.log();
                panic!("`redis-server` stopped with {status} before it was ready; its log:\n{log}");
            }
            self.ask("PING").ok().filter(|answer| answer == "+PONG")
        });
        let log = component.log();
        assert!(
            ready.is_some(),
            "`redis-server` gave no answer within {LIMIT:?}; its log:\n{log}"
        );
        self.component = Some(component);
    }

    /// Kills it, as the system does when memory runs out.
    pub fn kill(&mut self) {
        self.component = None;
    }

    /// What clients connect to.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Sends a command whose words have no spaces, and gives the answer: a line with its
    /// type, or the text of a string.
    ///
    /// # Panics
    ///
    /// When the server doesn't answer.
    pub fn command(&self, command: &str) -> String {
        self.ask(command).unwrap_or_else(|error| {
            let log = self
                .component
                .as_ref()
                .map_or_else(String::new, Component::log);
            panic!("`{command}` gave no answer: {error}; the log of Redis:\n{log}")
        })
    }

    fn ask(&self, command: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(LIMIT))?;
        write!(stream, "{command}\r\n")?;
        let mut answer = BufReader::new(stream);
        let mut line = String::new();
        answer.read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        let Some(length) = line.strip_prefix('$').filter(|length| *length != "-1") else {
            return Ok(line);
        };
        let length: usize = length.parse().map_err(io::Error::other)?;
        let mut text = vec![0; length];
        answer.read_exact(&mut text)?;
        String::from_utf8(text).map_err(io::Error::other)
    }

    /// The server's own count of each command, subcommands by their names, such as
    /// `config|get`; since its start or its last `CONFIG RESETSTAT`.
    ///
    /// # Panics
    ///
    /// When the server doesn't answer, or not as version 7 does.
    pub fn command_stats(&self) -> BTreeMap<String, CommandStats> {
        let fields = |text: &str| {
            let number = |name: &str| {
                let mut fields = text.split(',').filter_map(|field| field.split_once('='));
                let found = fields.find(|(field, _)| *field == name);
                let number = found.and_then(|(_, value)| value.parse().ok());
                number.unwrap_or_else(|| panic!("`{text}` has no number `{name}`"))
            };
            CommandStats {
                calls: number("calls"),
                rejected: number("rejected_calls"),
                failed: number("failed_calls"),
            }
        };
        let lines = self.info("commandstats", "cmdstat_");
        let stats = lines
            .iter()
            .map(|(name, text)| (name.clone(), fields(text)));
        stats.collect()
    }

    /// The server's own count of errors by their code.
    ///
    /// # Panics
    ///
    /// As [`command_stats`](Self::command_stats).
    pub fn error_stats(&self) -> BTreeMap<String, u64> {
        let lines = self.info("errorstats", "errorstat_");
        let stats = lines.into_iter().map(|(code, text)| {
            let count = text.strip_prefix("count=").and_then(|n| n.parse().ok());
            let count = count.unwrap_or_else(|| panic!("`{text}` is no count"));
            (code, count)
        });
        stats.collect()
    }

    /// The lines of a section that have this prefix.
    fn info(&self, section: &str, prefix: &str) -> Vec<(String, String)> {
        let text = self.command(&format!("INFO {section}"));
        let lines = text.lines().filter_map(|line| {
            let (name, text) = line.strip_prefix(prefix)?.split_once(':')?;
            Some((name.to_owned(), text.to_owned()))
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CommandStats, Redis};

    #[test]
    fn counts_what_it_is_sent_until_it_is_killed() {
        let mut redis = Redis::start();
        assert_eq!(redis.command("SET a b"), "+OK");
        assert_eq!(redis.command("GET a"), "b");
        assert!(redis.command("LPUSH a b").starts_with("-WRONGTYPE"));
        assert!(redis.command("GET").starts_with("-ERR"));
        let stats = redis.command_stats();
        let get = CommandStats {
            calls: 1,
            rejected: 1,
            failed: 0,
        };
        assert_eq!(stats["get"], get);
        assert_eq!(stats["lpush"].failed, 1);
        assert_eq!(redis.error_stats()["WRONGTYPE"], 1);
        redis.kill();
        assert!(redis.ask("PING").is_err());
        redis.restart();
        assert_eq!(redis.command("GET a"), "$-1");
    }
}
