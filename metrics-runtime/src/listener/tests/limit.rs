//! Limits of time.

use super::turn::is_refusal;
use super::{
    GENEROUS, GET, GET_ONCE, LARGE, NEVER, SHORT, ask, connect, connect_from, is_closed, listener,
    listener_of_a_large_page, patient, read_one, start,
};
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

// S15. Mutations: beside what notices them.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn stalled_clients_neither_stay_nor_keep_others_out() {
    let server = start(listener().max_connections(8).header_timeout(NEVER));
    let address = server.local_addr();
    let _stalled: Vec<_> = (0..200).map(|_| connect(address)).collect();
    // Mutation: no share of a peer, so that the stalled ones have all slots.
    let good = connect_from("127.0.0.2", address).await;
    assert!(ask(good, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    server.shutdown();

    let server = start(listener().max_connections(64).header_timeout(SHORT));
    let address = server.local_addr();
    let stalled: Vec<_> = (0..200).map(|_| connect(address)).collect();
    let good = connect_from("127.0.0.2", address).await;
    assert!(ask(good, GET_ONCE).starts_with("HTTP/1.1 200 OK\r\n"));
    // Mutation: no limit for a client that never sends a byte.
    for mut stream in stalled {
        let mut told = String::new();
        stream.read_to_string(&mut told).expect("it is closed");
        assert!(told.is_empty() || is_refusal(&told), "{told}");
    }
    server.shutdown();
}

#[test]
fn bytes_that_drip_gain_no_time() {
    let server = start(listener().header_timeout(SHORT));
    let mut stream = connect(server.local_addr());
    let drip = Some(Duration::from_millis(20));
    stream.set_read_timeout(drip).expect("it isn't zero");
    let begun = Instant::now();
    // Mutation: each byte starts the limit anew.
    while !is_closed(&mut stream) && stream.write_all(b"G").is_ok() {
        assert!(begun.elapsed() < GENEROUS, "the connection is open still");
    }
    server.shutdown();
}

#[test]
fn the_head_of_a_further_request_is_limited_too() {
    let server = start(listener().header_timeout(SHORT).idle_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    stream.write_all(b"G").expect("it is open");
    // Mutation: the first byte leaves the connection idle.
    assert!(is_closed(&mut stream));
    server.shutdown();
}

#[test]
fn idle_connections_have_a_limit_of_their_own() {
    let server = start(listener().idle_timeout(SHORT).header_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    assert!(is_closed(&mut stream));
    server.shutdown();

    let server = start(listener().header_timeout(SHORT).idle_timeout(NEVER));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    // Mutation: hyper's limit of heads, which counts from the last answer.
    stream.set_read_timeout(Some(SHORT * 3)).expect("not zero");
    assert!(!is_closed(&mut stream));
    patient(&stream);
    stream.write_all(GET).expect("it is open");
    assert!(read_one(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
    server.shutdown();
}

#[test]
fn a_client_that_does_not_read_loses_its_slot() {
    let server = start(
        listener_of_a_large_page()
            .max_connections(2)
            .header_timeout(GENEROUS)
            .idle_timeout(NEVER)
            .answer_timeout(NEVER)
            .write_timeout(SHORT),
    );
    let address = server.local_addr();
    let mut stalled = connect(address);
    stalled.write_all(GET).expect("it is read");
    // Its slot is the one that a peer has of two. Mutation: no limit of writing,
    // so that the next one waits in vain.
    let answer = ask(connect(address), b"GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 404"), "{answer}");
    let mut page = Vec::new();
    let cut = stalled.read_to_end(&mut page);
    // Mutation: closed instead of reset, so that the system offers the rest on.
    assert!(cut.is_err() && page.len() < LARGE);

    server.shutdown();
}

#[test]
fn a_client_that_reads_steadily_has_a_limit_too() {
    let patient = listener_of_a_large_page().write_timeout(NEVER);
    let server = start(patient.idle_timeout(NEVER).answer_timeout(SHORT));
    let address = server.local_addr();
    let mut slow = connect(address);
    slow.write_all(GET).expect("it is read");
    // So little at a time that it couldn't read the whole within the limit, however fast
    // it asks.
    let mut piece = [0; 16];
    let mut length = slow.read(&mut piece).expect("it is answered");
    // Another answer, which begins later and isn't read: once its time is over, so is
    // that of the first one.
    let mut stalled = connect(address);
    stalled.write_all(GET).expect("it is read");
    stalled.read_exact(&mut [0]).expect("it is answered");
    let begun = Instant::now();
    while stalled.take_error().expect("it is a socket").is_none() {
        assert!(begun.elapsed() < GENEROUS, "the connection is open still");
        length += slow.read(&mut piece).unwrap_or(0);
    }
    // Mutation: each read starts the limit anew, so that all of it is read.
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = slow.read(&mut chunk) {
        length += read;
    }
    assert!(length < LARGE);
    server.shutdown();

    let server = start(listener().idle_timeout(NEVER).answer_timeout(SHORT));
    let mut stream = connect(server.local_addr());
    stream.write_all(GET).expect("it is read");
    read_one(&mut stream);
    // Mutation: the limit goes on when all is written.
    stream.set_read_timeout(Some(SHORT * 3)).expect("not zero");
    assert!(!is_closed(&mut stream));
    server.shutdown();
}
