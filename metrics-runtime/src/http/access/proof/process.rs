//! The connections of this process.

use super::table::{Socket, parse};
use crate::http::access::network::is_near;
use std::collections::{BTreeSet, HashSet};
use std::fs::{File, read_dir, read_link};
use std::io::{BufReader, ErrorKind};
use std::ops::RangeInclusive;

/// Files of the process that are looked at.
const MOST_FILES: usize = 16_384;

/// The connections of this process.
#[derive(Debug)]
pub(super) struct Picture {
    tcp: Vec<Socket>,
    udp: Vec<Socket>,
    /// Ports that the system gives to outgoing connections.
    ephemeral: RangeInclusive<u16>,
}

impl Picture {
    /// Looks at them; `None` where that isn't possible.
    pub(super) fn take() -> Option<Self> {
        let own = sockets_of_process()?;
        let mut tcp = Vec::new();
        // A table is read in pieces, and a line may be missed when another one before
        // it goes meanwhile: it would have to happen twice.
        for _ in 0..2 {
            tcp.extend(read_table("tcp", &own)?);
            tcp.extend(read_table("tcp6", &own)?);
        }
        let mut udp = read_table("udp", &own)?;
        udp.extend(read_table("udp6", &own)?);
        Some(Self {
            tcp,
            udp,
            ephemeral: ephemeral_ports(),
        })
    }

    /// The ports that are listened on.
    pub(super) fn listening(&self) -> impl Iterator<Item = u16> {
        let listening = self.tcp.iter().filter(|socket| socket.listens);
        listening.map(|socket| socket.local.port())
    }

    /// Whether no request can come from somebody remote; `listened` are the ports that
    /// requests come in by.
    pub(super) fn has_nobody_remote(&self, listened: &BTreeSet<u16>) -> bool {
        let is_outgoing = |socket: &Socket| {
            let port = socket.local.port();
            self.ephemeral.contains(&port) && !listened.contains(&port)
        };
        let is_remote = |socket: &Socket| !is_near(socket.remote.ip());
        let connections = || self.tcp.iter().filter(|socket| socket.is_connected());
        let mut udp = self.udp.iter();
        // Whoever opens a socket for its own questions is given such a port.
        let open_to_all = udp.any(|socket| {
            let open = !socket.is_connected() && !socket.local.ip().is_loopback();
            (open || socket.is_connected() && is_remote(socket)) && !is_outgoing(socket)
        });
        let any_remote = connections().any(is_remote);
        let remote_asks = connections().any(|socket| is_remote(socket) && !is_outgoing(socket));
        let near_asks = connections().any(|socket| !is_remote(socket) && !is_outgoing(socket));
        !open_to_all && !remote_asks && (near_asks || !any_remote)
    }
}

/// The sockets that the process holds, by their inodes.
fn sockets_of_process() -> Option<HashSet<u64>> {
    let mut sockets = HashSet::new();
    for (nth, file) in read_dir("/proc/self/fd").ok()?.enumerate() {
        if nth >= MOST_FILES {
            return None;
        }
        let target = match read_link(file.ok()?.path()) {
            Ok(target) => target,
            // Closed meanwhile, so it isn't the request's.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(_) => return None,
        };
        let target = target.to_string_lossy();
        let inode = target.strip_prefix("socket:[");
        if let Some(inode) = inode.and_then(|inode| inode.strip_suffix(']')) {
            sockets.insert(inode.parse().ok()?);
        }
    }
    Some(sockets)
}

/// Those of a table that are in `own`. Without IPv6 there is no table of it.
fn read_table(name: &str, own: &HashSet<u64>) -> Option<Vec<Socket>> {
    let file = match File::open(format!("/proc/self/net/{name}")) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && name.ends_with('6') => {
            return Some(Vec::new());
        }
        Err(_) => return None,
    };
    parse(BufReader::new(file), own)
}

/// Ports that the system gives to outgoing connections; none where it doesn't say.
fn ephemeral_ports() -> RangeInclusive<u16> {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    text.ok()
        .and_then(|text| parse_ports(&text))
        .unwrap_or(RangeInclusive::new(1, 0))
}

fn parse_ports(text: &str) -> Option<RangeInclusive<u16>> {
    let mut ports = text.split_ascii_whitespace().map(str::parse);
    let (first, last) = (ports.next()?.ok()?, ports.next()?.ok()?);
    Some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::{Picture, Socket, parse_ports};
    use std::collections::BTreeSet;

    fn socket(text: &str) -> Socket {
        let (local, remote) = text.split_once(' ').expect("two addresses");
        Socket {
            local: local.parse().expect("an address"),
            remote: remote.parse().expect("an address"),
            listens: remote == "0.0.0.0:0",
            inode: 1,
        }
    }

    fn proves(tcp: &[&str], udp: &[&str], before: &[u16]) -> bool {
        let sockets = |texts: &[&str]| texts.iter().map(|text| socket(text)).collect();
        let picture = Picture {
            tcp: sockets(tcp),
            udp: sockets(udp),
            ephemeral: 32768..=60999,
        };
        let mut listened: BTreeSet<u16> = before.iter().copied().collect();
        listened.extend(picture.listening());
        picture.has_nobody_remote(&listened)
    }

    const LISTENING: &str = "0.0.0.0:8080 0.0.0.0:0";
    const NEAR: &str = "10.0.0.2:8080 10.0.0.9:50000";
    const FAR: &str = "10.0.0.2:8080 203.0.113.9:50000";
    /// To a service of somebody else's.
    const OUTGOING: &str = "10.0.0.2:41716 203.0.113.9:443";

    // Mutations: each of the terms of `has_nobody_remote` left out.
    #[test]
    fn whoever_may_be_remote_makes_it_fail() {
        for (tcp, udp, before) in [
            (&[LISTENING, FAR][..], &[][..], &[][..]),
            (&[LISTENING, NEAR, FAR], &[], &[]),
            // The server shuts down: its port isn't one of outgoing connections.
            (&[FAR], &[], &[]),
            (&[NEAR, FAR], &[], &[]),
            // One that is, and was seen listening.
            (&["10.0.0.2:40000 203.0.113.9:443", NEAR], &[], &[40000]),
            (
                &[
                    "0.0.0.0:40000 0.0.0.0:0",
                    "10.0.0.2:40000 203.0.113.9:443",
                    NEAR,
                ],
                &[],
                &[],
            ),
            // A tunnel, for all that can be told.
            (&[OUTGOING], &[], &[]),
            (&[LISTENING, OUTGOING], &[], &[]),
            // HTTP/3.
            (&[LISTENING, NEAR], &["0.0.0.0:443 0.0.0.0:0"], &[]),
            (&[LISTENING, NEAR], &["10.0.0.2:443 203.0.113.9:50000"], &[]),
        ] {
            assert!(!proves(tcp, udp, before), "{tcp:?} {udp:?}");
        }
    }

    #[test]
    fn near_peers_and_outgoing_connections_do_not() {
        for (tcp, udp) in [
            (&[][..], &[][..]),
            (&[LISTENING], &[]),
            (&[LISTENING, NEAR], &[]),
            (&["127.0.0.1:8080 127.0.0.1:50000"], &[]),
            (&[LISTENING, NEAR, OUTGOING], &[]),
            // To a database of a private network.
            (&["10.0.0.2:41716 10.0.0.7:5432"], &[]),
            // Questions to a name server.
            (&[LISTENING, NEAR], &["0.0.0.0:40000 0.0.0.0:0"]),
            (&[LISTENING, NEAR], &["10.0.0.2:40000 203.0.113.53:53"]),
            (&[LISTENING, NEAR], &["127.0.0.1:8125 0.0.0.0:0"]),
        ] {
            assert!(proves(tcp, udp, &[]), "{tcp:?} {udp:?}");
        }
    }

    #[test]
    fn the_range_of_ports_is_read() {
        assert_eq!(parse_ports("32768\t60999\n"), Some(32768..=60999));
        for text in ["", "1", "a b", "1 99999"] {
            assert_eq!(parse_ports(text), None, "{text}");
        }
    }
}
