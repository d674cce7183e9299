//! The end.

use super::turn::is_refusal;
use super::{GENEROUS, GET, NEVER, SHORT, ask, connect, is_closed, listener, read_one, start};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread;

#[test]
fn shutdown_closes_what_is_open_and_ends() {
    let mut listener = listener().header_timeout(NEVER).idle_timeout(NEVER);
    listener.times.shutdown = SHORT;
    let server = start(listener);
    let address = server.local_addr();
    let mut idle = connect(address);
    idle.write_all(GET).expect("it is read");
    read_one(&mut idle);
    let mut begun = connect(address);
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\n\r\n";
    begun.write_all(request).expect("it is read");
    begun.read_exact(&mut [0; 25]).expect("it may go on");
    // Mutation: connections are waited for without a bound, which the begun one
    // would make long.
    let (sender, ended) = channel();
    thread::spawn(move || {
        server.shutdown();
        let _ = sender.send(());
    });
    ended.recv_timeout(GENEROUS).expect("it ends");
    assert!(is_closed(&mut idle));
    assert!(is_closed(&mut begun));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn shutdown_lets_a_request_that_is_under_way_be_answered() {
    let server = start(listener().header_timeout(NEVER));
    let mut begun = connect(server.local_addr());
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\n\r\n";
    begun.write_all(request).expect("it is read");
    begun.read_exact(&mut [0; 25]).expect("it may go on");
    let stopping = thread::spawn(move || server.shutdown());
    // Mutation: connections are cut off at once.
    let answer = ask(begun, b"hello");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stopping.join().expect("it ends");
}

#[test]
fn shutdown_tells_those_who_wait() {
    let server = start(listener().max_connections(2).header_timeout(NEVER));
    let address = server.local_addr();
    let mut begun = connect(address);
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\n\r\n";
    begun.write_all(request).expect("it is read");
    begun.read_exact(&mut [0; 25]).expect("it may go on");
    // It has the slot of a peer, and half of 64 can wait for it.
    let mut waiting: Vec<_> = (0..32).map(|_| connect(address)).collect();
    waiting[0].write_all(GET).expect("it is open");
    // They are accepted in turn: who comes last is refused once the others wait.
    assert!(is_refusal(&ask(connect(address), GET)));
    let stopping = thread::spawn(move || server.shutdown());
    // Mutation: they wait on, for the slot of the request that is under way.
    let answer = ask(waiting.swap_remove(0), b"");
    assert!(is_refusal(&answer), "{answer}");
    let answer = ask(begun, b"hello");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    stopping.join().expect("it ends");
}
