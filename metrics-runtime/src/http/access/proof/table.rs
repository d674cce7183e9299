//! The system's tables of sockets: `/proc/net/tcp` and its siblings, as
//! `Documentation/networking/proc_net_tcp.rst` of Linux has them.

use std::collections::HashSet;
use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The states of a socket that listens, and of one that was closed.
const LISTEN: u8 = 0x0a;
const TIME_WAIT: u8 = 0x06;

/// A socket of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Socket {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) listens: bool,
    /// Which file it is.
    pub(super) inode: u64,
}

impl Socket {
    /// Whether it has another end.
    pub(super) const fn is_connected(&self) -> bool {
        self.remote.port() != 0
    }
}

/// Lines of a table that are read: several times as many closed connections as the
/// system remembers by default.
const MOST_LINES: usize = 1 << 20;

/// The sockets of a table that are in `own`; `None` if a line can't be read, or there
/// are too many.
pub(super) fn parse(mut table: impl BufRead, own: &HashSet<u64>) -> Option<Vec<Socket>> {
    let mut line = Vec::new();
    table.read_until(b'\n', &mut line).ok()?;
    if !line.trim_ascii_start().starts_with(b"sl ") {
        return None;
    }
    let mut sockets = Vec::new();
    for _ in 0..MOST_LINES {
        line.clear();
        if table.read_until(b'\n', &mut line).ok()? == 0 {
            return Some(sockets);
        }
        let text = str::from_utf8(&line).ok()?;
        // Nearly all lines of a busy machine are of connections that were closed, which
        // are nobody's any more: their inode is zero.
        if parse_state(text)? == TIME_WAIT {
            continue;
        }
        let inode = parse_inode(text)?;
        if inode != 0 && own.contains(&inode) {
            sockets.push(parse_line(text, inode)?);
        }
    }
    None
}

fn parse_state(line: &str) -> Option<u8> {
    let state = line.split_ascii_whitespace().nth(3)?;
    u8::from_str_radix(state, 16).ok()
}

/// sl: local remote state tx:rx timer:when retransmits uid timeout *inode* …
fn parse_inode(line: &str) -> Option<u64> {
    line.split_ascii_whitespace().nth(9)?.parse().ok()
}

fn parse_line(line: &str, inode: u64) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let local = parse_address(fields.next()?)?;
    let remote = parse_address(fields.next()?)?;
    Some(Socket {
        local,
        remote,
        listens: parse_state(line)? == LISTEN,
        inode,
    })
}

fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let address: IpAddr = match address.len() {
        8 => Ipv4Addr::from(parse_word(address)?).into(),
        32 => {
            let mut bytes = [0; 16];
            for (word, place) in bytes.chunks_exact_mut(4).zip((0..32).step_by(8)) {
                word.copy_from_slice(&parse_word(address.get(place..place + 8)?)?);
            }
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(address.to_canonical(), port))
}

/// Four bytes in the order of the network, which the system prints as a number of the
/// machine.
fn parse_word(text: &str) -> Option<[u8; 4]> {
    Some(u32::from_str_radix(text, 16).ok()?.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Socket, parse};
    use std::collections::HashSet;
    use std::io::Cursor;

    const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 36145 1 0000000000000000 100 0 0 10 0                     \n   1: 0200000A:A2F4 08080808:01BB 01 00000000:00000000 02:000A7214 00000000  1000        0 40001 2 0000000000000000 20 4 30 10 -1                  \n";

    const TCP6: &str = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 36146 1 0000000000000000 100 0 0 10 0\n   1: 0000000000000000FFFF00000100007F:1F91 0000000000000000FFFF00000900000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 36147 1 0000000000000000 20 4 30 10 -1\n   2: B80D0120000000000000000001000000:0050 B80D0120010000000000000009000000:C351 06 00000000:00000000 03:00000AF0 00000000     0        0 0 3 0000000000000000\n";

    fn read(text: &str) -> Option<Vec<Socket>> {
        let own = HashSet::from([0, 1, 36145, 36146, 36147, 40001]);
        parse(Cursor::new(text), &own)
    }

    fn shown(sockets: &[Socket]) -> Vec<String> {
        let shown = sockets.iter().map(|socket| {
            let listens = if socket.listens { " listens" } else { "" };
            format!(
                "{} {} {}{listens}",
                socket.local, socket.remote, socket.inode
            )
        });
        shown.collect()
    }

    // Recorded on a little-endian machine. Mutations: words in the other order; the
    // state is read as decimal; another field is taken for the inode.
    #[cfg(target_endian = "little")]
    #[test]
    fn recorded_tables_are_read() {
        assert_eq!(
            shown(&read(TCP).expect("it is a table")),
            [
                "127.0.0.1:8080 0.0.0.0:0 36145 listens",
                "10.0.0.2:41716 8.8.8.8:443 40001",
            ]
        );
        assert_eq!(
            shown(&read(TCP6).expect("it is a table")),
            [
                "[::1]:8080 [::]:0 36146 listens",
                "127.0.0.1:8081 10.0.0.9:50000 36147",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_table() {
        for text in [
            "",
            "nothing of the kind",
            "  sl  local_address\n   0: 0100007F:1F90",
            "  sl  local_address\n   0: 0100007F:1F90 00000000:0000 0A a b c d e inode",
            "  sl  local_address\n   0: 0100007:1F90 00000000:0000 0A a b c d e 1",
            "  sl  local_address\n   0: 0100007F1F90 00000000:0000 0A a b c d e 1",
            "  sl  local_address\n   0: 0100007F:1F90 0000000G:0000 0A a b c d e 1",
            "  sl  local_address\n\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("  sl  local_address"), Some(Vec::new()));
        // Of others, no more is read than whose they are.
        let other = "  sl  local_address\n   0: x x 1 a b c d e 2";
        assert_eq!(read(other), Some(Vec::new()));
    }
}
