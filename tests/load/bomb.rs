//! Requests that would unpack to much more than they are.

use crate::client::{self, Answer};
use crate::figure::{Bytes, Figures, Show as _};
use crate::server::{Server, Setup};
use crate::{memory, proves, runtime};
use axum::Router;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use metrics_runtime::{Access, Endpoints};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};

const TOKEN: &str = "0f5e2c0e7a9b4d31";

/// What the server may take more at any time.
const MEMORY: u64 = 1 << 20;

/// What each of the bombs would be, at least.
const UNPACKED: usize = 48 << 20;

/// The longest body that is read.
const LONGEST: usize = 64 << 10;

fn packed<W: Write>(mut writer: W, finish: fn(W) -> io::Result<Vec<u8>>) -> Vec<u8> {
    let zeros = vec![0; 1 << 16];
    for _ in 0..UNPACKED / zeros.len() {
        writer.write_all(&zeros).expect("memory takes all");
    }
    finish(writer).expect("memory takes all")
}

/// A frame of zstd whose blocks each repeat one byte (RFC 8878, section 3.1.1): four
/// bytes for 128 KiB.
fn zstd() -> Vec<u8> {
    const BLOCK: u32 = 128 << 10;
    let blocks = u32::try_from(16 * UNPACKED).expect("it has room") / BLOCK;
    // The magic number, no checksum, and a window of 8 MiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    for nth in 1..=blocks {
        let header = BLOCK << 3 | 1 << 1 | u32::from(nth == blocks);
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

/// Snappy that announces four gigabytes (its format begins with the length).
fn snappy() -> Vec<u8> {
    let mut block = vec![0xff, 0xff, 0xff, 0xff, 0x0f];
    block.extend_from_slice(b"\0 ");
    block
}

/// Each of them, as its encoding is called.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let best = Compression::best();
    let gzip = packed(GzEncoder::new(Vec::new(), best), GzEncoder::finish);
    let raw = packed(
        DeflateEncoder::new(Vec::new(), best),
        DeflateEncoder::finish,
    );
    let zlib = packed(ZlibEncoder::new(Vec::new(), best), ZlibEncoder::finish);
    let bombs = vec![
        ("gzip", gzip.clone()),
        ("x-gzip", gzip.clone()),
        ("identity, gzip", gzip),
        ("deflate", raw),
        ("deflate", zlib),
        ("zstd", zstd()),
        ("snappy", snappy()),
    ];
    for (encoding, bomb) in &bombs {
        // Else they would be refused for their length.
        assert!(bomb.len() < LONGEST, "{encoding}: {}", bomb.len());
    }
    bombs
}

/// A request with these lines of headers and a body.
fn request(line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Metrics-Token: {TOKEN}\r\n\
         {headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A body whose length is announced.
fn whole(line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let headers = format!("{headers}Content-Length: {}\r\n", body.len());
    request(line, &headers, body)
}

/// One of so many bytes whose length isn't.
fn chunked(line: &str, headers: &str, length: usize) -> Vec<u8> {
    const CHUNK: usize = 4 << 10;
    let chunk = format!("{CHUNK:x}\r\n{}\r\n", " ".repeat(CHUNK));
    let body = chunk.repeat(length / CHUNK) + "0\r\n\r\n";
    let headers = format!("{headers}Transfer-Encoding: chunked\r\n");
    request(line, &headers, body.as_bytes())
}

fn send(to: SocketAddr, request: &[u8]) -> Answer {
    let answer = runtime().block_on(async {
        let mut stream = client::connect(Ipv4Addr::LOCALHOST, to).await?;
        client::send(&mut stream, request).await
    });
    answer.expect("it is answered")
}

/// Sends all of them, in turn; gives how much memory they have taken.
fn sent(server: &Server, requests: &[(Vec<u8>, u16)]) -> u64 {
    let all = |times: usize| {
        for (request, expected) in requests.iter().cycle().take(requests.len() * times) {
            let answer = send(server.address(), request);
            let head = String::from_utf8_lossy(&request[..request.len().min(200)]);
            assert_eq!(answer.status, *expected, "{head}\n{}", answer.text());
        }
    };
    // What any request takes once; what these take would show all the same.
    for length in [1_000, LONGEST - 1_000] {
        for _ in 0..20 {
            let body = " ".repeat(length);
            let warm = whole(
                "POST /metrics/increment",
                "Content-Type: application/json\r\n",
                body.as_bytes(),
            );
            send(server.address(), &warm);
        }
    }
    let (resident, _) = memory::resident(server.process());
    memory::reset_peak(server.process());
    all(if proves() { 100 } else { 3 });
    let (_, peak) = memory::resident(server.process());
    peak.saturating_sub(resident)
}

fn hold(title: &str, server: &Server, requests: &[(Vec<u8>, u16)]) {
    let more = sent(server, requests);
    assert!(more <= MEMORY, "{}", Bytes(more).show());
    if proves() {
        let mut figures = Figures::default();
        figures.note("kinds of requests, a hundred times each", requests.len());
        figures.note(
            "the least that one would unpack to",
            Bytes(UNPACKED as u64).show(),
        );
        figures.hold("memory above idle", Bytes(more), Bytes(MEMORY));
        figures.finish(title);
    }
}

// S14. Mutations: `check_media` lets encodings through; the body isn't limited, announced
// or not.
#[test]
fn bombs_to_the_router_are_refused_unread() {
    let setup = Setup {
        mount: Some(|metrics| {
            let router = metrics.router_with(Endpoints::all().increment_rate(1_000_000));
            Router::new().nest_service("/metrics", router)
        }),
        access: || Access::new().token(TOKEN),
        ..Setup::default()
    };
    let Some(server) = Server::start("bomb::bombs_to_the_router_are_refused_unread", &setup) else {
        return;
    };
    let (line, json) = (
        "POST /metrics/increment",
        "Content-Type: application/json\r\n",
    );
    let mut requests = Vec::new();
    for (encoding, bomb) in bombs() {
        let headers = format!("{json}Content-Encoding: {encoding}\r\n");
        requests.push((whole(line, &headers, &bomb), 415));
        // Nor is it taken for what it is by its first bytes.
        requests.push((whole(line, json, &bomb), 400));
    }
    let announced = format!("{json}Content-Length: {}\r\n", 1_u64 << 40);
    requests.push((request(line, &announced, b""), 413));
    requests.push((chunked(line, json, 16 << 20), 413));
    hold("bombs to the router", &server, &requests);
}

// S14. Mutation: the listener keeps the body.
#[test]
fn bombs_to_the_listener_are_thrown_away_as_they_are() {
    let setup = Setup {
        access: || Access::new().token(TOKEN),
        ..Setup::default()
    };
    let test = "bomb::bombs_to_the_listener_are_thrown_away_as_they_are";
    let Some(server) = Server::start(test, &setup) else {
        return;
    };
    let line = "GET /metrics?name[]=metrics_scrapes_total";
    let mut requests = Vec::new();
    for (encoding, bomb) in bombs() {
        let headers = format!("Content-Encoding: {encoding}\r\n");
        requests.push((whole(line, &headers, &bomb), 200));
    }
    let announced = format!("Content-Length: {}\r\n", 1_u64 << 40);
    requests.push((request(line, &announced, b""), 413));
    requests.push((chunked(line, "", 16 << 20), 413));
    hold("bombs to the listener", &server, &requests);
}
