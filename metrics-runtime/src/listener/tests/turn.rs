//! Who is served while connections are scarce.

use super::{
    GENEROUS, GET, GET_ONCE, NEVER, SHORT, ask, connect, is_closed, listener,
    listener_of_a_large_page, read_one, start,
};
use std::io::{Read as _, Write as _};
use std::thread;

#[test]
fn more_clients_than_connections_are_all_answered() {
    let server = start(
        listener()
            .max_connections(4)
            .header_timeout(GENEROUS)
            .idle_timeout(NEVER),
    );
    let address = server.local_addr();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(move || {
                    // Those keep their connection open. Mutation: answers don't
                    // close it while others wait.
                    let mut stream = connect(address);
                    stream.write_all(GET).expect("it is read");
                    (read_one(&mut stream), stream)
                })
            })
            .collect();
        let answers: Vec<_> = clients
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        for answer in &answers {
            let (answer, _) = answer.as_ref().expect("it is answered");
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        }
    });
    server.shutdown();
}

#[test]
fn an_idle_connection_gives_way_to_one_that_waits() {
    let server = start(
        listener()
            .max_connections(4)
            .header_timeout(NEVER)
            .idle_timeout(NEVER),
    );
    let address = server.local_addr();
    let mut idle = connect(address);
    idle.write_all(GET).expect("it is read");
    read_one(&mut idle);
    // With the idle one, all that one peer has of four.
    let _stalled = connect(address);
    // Mutation: idle connections aren't pressed.
    assert!(ask(connect(address), GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(is_closed(&mut idle));
    server.shutdown();
}

/// Whether an answer says to come again.
pub(super) fn is_refusal(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n")
}

#[test]
fn those_who_can_not_wait_are_told_to_come_again() {
    let server = start(listener().max_connections(2).header_timeout(NEVER));
    let address = server.local_addr();
    // One has the slot of a peer, and half of 64 can wait for it.
    let _stalled: Vec<_> = (0..33).map(|_| connect(address)).collect();
    for _ in 0..100 {
        // Mutations: closed without an answer, which resets the connection; the
        // refused are never discounted.
        let answer = ask(connect(address), GET);
        assert!(is_refusal(&answer), "{answer}");
    }
    server.shutdown();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn silent_connections_that_are_refused_do_not_keep_others_out() {
    let mut listener = listener().max_connections(2).header_timeout(NEVER);
    listener.times.refusal = NEVER;
    listener.times.silence = std::time::Duration::from_millis(20);
    let server = start(listener);
    let address = server.local_addr();
    // One has the slot of a peer, half of 64 wait for it, and half of 64 are refused
    // with time to ask.
    let _silent: Vec<_> = (0..65).map(|_| connect(address)).collect();
    let mut crowd: Vec<_> = (0..100).map(|_| connect(address)).collect();
    // Mutation: they have as long as others.
    let good = super::connect_from("127.0.0.2", address).await;
    assert!(ask(good, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    // Mutation: closed without an answer.
    let answer = ask(crowd.swap_remove(99), b"");
    assert!(is_refusal(&answer), "{answer}");
    // A request that comes too late for it finds the answer there.
    let answer = ask(crowd.swap_remove(0), GET);
    assert!(is_refusal(&answer), "{answer}");
    server.shutdown();
}

#[test]
fn those_who_waited_in_vain_are_told_to_come_again() {
    let listener = listener_of_a_large_page()
        .max_connections(2)
        .header_timeout(SHORT)
        .write_timeout(NEVER)
        .answer_timeout(NEVER);
    let server = start(listener);
    let address = server.local_addr();
    let mut reading = connect(address);
    reading.write_all(GET).expect("it is read");
    // It has begun to be answered, and has the slot.
    reading.read_exact(&mut [0]).expect("it is answered");
    // Mutation: closed without an answer.
    let answer = ask(connect(address), GET);
    assert!(is_refusal(&answer), "{answer}");
    drop(reading);
    server.shutdown();
}
