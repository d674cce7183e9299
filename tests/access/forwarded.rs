//! `X-Forwarded-For`, of those who are trusted and of all others.

use crate::app::{Header, ask, header, is_through, metrics, open};
use crate::seed::{requests, seed};
use axum::Router;
use fastrand::Rng;
use metrics_runtime::Access;
use tokio::runtime::Builder;

/// Who is on the list, who isn't, and what proxies there are.
fn app() -> Router {
    let access = Access::new()
        .allow("192.0.2.0/24")
        .and_then(|it| it.allow("2001:db8::/64"))
        .and_then(|it| it.trust_proxy("10.0.0.0/24"))
        .and_then(|it| it.trust_proxy("2001:db8:ffff::/48"));
    open(&metrics(access.expect("they are networks")))
}

/// Lines of the header, and whether a trusted proxy that sends them has a client who
/// is on the list.
const SHAPES: [(&[&str], bool); 62] = [
    (&[], false),
    (&["192.0.2.1"], true),
    (&["192.0.2.255"], true),
    (&["192.0.3.0"], false),
    (&["203.0.113.1"], false),
    (&["127.0.0.1"], false),
    (&["10.0.0.1"], false),
    (&["2001:db8::1"], true),
    (&["2001:db8:0:1::1"], false),
    (&["2001:DB8::1"], true),
    (&["::ffff:192.0.2.1"], true),
    (&["::ffff:c000:201"], true),
    (&["::192.0.2.1"], false),
    (&["192.0.2.1:80"], true),
    (&["192.0.2.1:0"], true),
    (&["[2001:db8::1]:80"], true),
    (&["[2001:db8::1]"], true),
    (&["[::ffff:192.0.2.1]:80"], true),
    (&["[192.0.2.1]"], false),
    (&["192.0.2.1:"], false),
    (&["192.0.2.1:http"], false),
    (&["192.0.2.1:65536"], false),
    (&["2001:db8::1:80"], true),
    (&[" 192.0.2.1"], true),
    (&["192.0.2.1\t"], true),
    (&["192.0.2.1 "], true),
    (&["192.0.2. 1"], false),
    (&["192.0.2.01"], false),
    (&["192.0.2.1.1"], false),
    (&["192.0.2"], false),
    (&["3221225985"], false),
    (&["0xC0000201"], false),
    (&["192.0.2.1/24"], false),
    (&["fe80::1%eth0"], false),
    (&["unknown"], false),
    (&["_gazonk"], false),
    (&["\"192.0.2.1\""], false),
    (&["for=192.0.2.1"], false),
    (&["localhost"], false),
    (&[""], false),
    (&[","], false),
    (&["192.0.2.1,"], false),
    (&[",192.0.2.1"], true),
    (&["192.0.2.1;203.0.113.1"], false),
    (&["192.0.2.1 203.0.113.1"], false),
    (&["192.0.2.1, 203.0.113.1"], false),
    (&["203.0.113.1, 192.0.2.1"], true),
    (&["203.0.113.1,192.0.2.1"], true),
    (&["unknown, 192.0.2.1"], true),
    (&["192.0.2.1, unknown"], false),
    (&["192.0.2.1, 10.0.0.9"], true),
    (&["192.0.2.1, 10.0.0.9, 10.0.0.8"], true),
    (&["192.0.2.1, 2001:db8:ffff::1"], true),
    (&["192.0.2.1, ::ffff:10.0.0.9"], true),
    (&["192.0.2.1, 10.0.1.9"], false),
    (&["192.0.2.1, 203.0.113.1, 10.0.0.9"], false),
    (&["203.0.113.1", "192.0.2.1"], true),
    (&["192.0.2.1", "203.0.113.1"], false),
    (&["192.0.2.1", "10.0.0.9"], true),
    (&["192.0.2.1", ""], false),
    (&["192.0.2.1", "unknown"], false),
    (&["203.0.113.1, 192.0.2.1", "10.0.0.8, 10.0.0.9"], true),
];

fn headers(lines: &[&str]) -> Vec<Header> {
    let lines = lines.iter().map(|line| header("x-forwarded-for", line));
    lines.collect()
}

// S6. Mutations: beside `client` of the library.
#[tokio::test]
async fn sixty_shapes_are_read_as_a_trusted_proxy_means_them() {
    let app = app();
    for (lines, on_the_list) in SHAPES {
        for proxy in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8:ffff:1::1"] {
            let through = is_through(&ask(&app, proxy, &headers(lines)).await);
            assert_eq!(through, on_the_list, "{proxy}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn no_shape_says_anything_of_those_who_are_not_trusted() {
    let app = app();
    for (lines, _) in SHAPES {
        for (peer, on_the_list) in [
            ("192.0.2.7", true),
            ("2001:db8::7", true),
            ("203.0.113.7", false),
            ("10.0.1.1", false),
            ("127.0.0.1", false),
            ("::1", false),
        ] {
            let through = is_through(&ask(&app, peer, &headers(lines)).await);
            assert_eq!(through, on_the_list, "{peer}: {lines:?}");
        }
    }
}

/// Whatever may stand in a header.
fn anything(random: &mut Rng) -> Vec<u8> {
    let length = random.usize(..40);
    let byte = |random: &mut Rng| match random.u8(..4) {
        0 => random.u8(0x80..),
        1 => random.u8(b' '..0x7f),
        _ => *b"0123456789.,:[] \tabcdef;=\""
            .get(random.usize(..26))
            .unwrap_or(&b'.'),
    };
    (0..length).map(|_| byte(random)).collect()
}

// S6: no header set by an untrusted peer changes the verdict, in a million requests.
#[test]
fn no_header_of_those_who_are_not_trusted_changes_the_verdict() {
    const NAMES: [&str; 14] = [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "x-cluster-client-ip",
        "via",
        "host",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-original-forwarded-for",
        "x-metrics-token",
        "authorization",
    ];
    const PEERS: [(&str, bool); 6] = [
        ("192.0.2.7", true),
        ("::ffff:192.0.2.8", true),
        ("203.0.113.7", false),
        ("127.0.0.1", false),
        ("10.0.1.1", false),
        ("2001:db9::1", false),
    ];
    let mut random = Rng::with_seed(seed());
    let runtime = Builder::new_current_thread()
        .build()
        .expect("there are threads");
    let app = app();
    for _ in 0..requests() {
        let (peer, on_the_list) = PEERS[random.usize(..PEERS.len())];
        let count = random.usize(1..5);
        let headers = (0..count).map(|_| {
            let name = NAMES[random.usize(..NAMES.len())];
            let known = SHAPES[random.usize(..SHAPES.len())].0;
            let known = known.first().map(|line| line.as_bytes().to_vec());
            let value = known.filter(|_| random.bool());
            (name, value.unwrap_or_else(|| anything(&mut random)))
        });
        let headers: Vec<Header> = headers.collect();
        let through = is_through(&runtime.block_on(ask(&app, peer, &headers)));
        assert_eq!(through, on_the_list, "{peer}: {headers:?}");
    }
    println!(
        "{} requests of untrusted peers, no verdict changed",
        requests()
    );
}
