//! A Redis server.

use super::peer::Peer;
use crate::health::{HealthCheck, HealthReport};
use std::io;
use std::time::Instant;

/// Longest answer that is read, in bytes.
const LONGEST: usize = 1_024;

/// A Redis server, or one that speaks its protocol, at `host:port`, by `PING` over a
/// connection that is made anew each time. It has to answer `PONG`; one that wants a
/// password first is reachable, but nobody can say more: it is degraded. Take your
/// own client then, with [`HealthCheck::new`].
pub fn redis(name: impl Into<String>, address: impl Into<String>) -> HealthCheck {
    let address = address.into();
    HealthCheck::until(name, move |until| match ping(&address, until) {
        Ok(answer) if answer == "+PONG" => HealthReport::up(),
        Ok(answer) if answer.starts_with("-NOAUTH") => {
            HealthReport::degraded("it answers, but wants a password")
        }
        Ok(answer) => HealthReport::down(format!("it answers `{}`", answer.escape_debug())),
        Err(error) => HealthReport::down(error.to_string()),
    })
}

fn ping(address: &str, until: Instant) -> io::Result<String> {
    let mut peer = Peer::connect(address, until)?;
    peer.send(b"*1\r\n$4\r\nPING\r\n")?;
    peer.line(LONGEST)
}
