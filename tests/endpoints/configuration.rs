//! The configuration for Prometheus, as promtool reads it.

use crate::service::Service;
use integration_tests::http::get_with;
use integration_tests::promtool::check_config;
use metrics_runtime::{Access, Endpoints};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// The body of an answer to a request with this `Host`; `None` if it was refused.
fn ask(service: &Service, host: &[u8]) -> Option<String> {
    let mut stream = TcpStream::connect(service.address).expect("it listens");
    let start = b"GET /metrics/prometheus-config HTTP/1.1\r\nConnection: close\r\nHost: ";
    let request = [&start[..], host, b"\r\n\r\n"].concat();
    stream.write_all(&request).expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200 ").then(|| body.to_owned())
}

#[test]
fn promtool_takes_the_configuration() {
    let service = Service::start(Endpoints::all());
    let yaml = service.get("/metrics/prometheus-config").text();
    check_config(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    assert!(
        yaml.contains(&format!("targets: [\"{}\"]", service.address)),
        "{yaml}"
    );
    assert!(yaml.contains("job_name: \"shop\""), "{yaml}");
}

// S6. Mutation: the header counts whoever sends it.
#[test]
fn a_trusted_proxy_says_by_which_scheme_to_scrape() {
    let proxy = Access::new().everyone().trust_proxy("127.0.0.1");
    let proxy = proxy.expect("it is an address");
    for (access, scheme) in [(proxy, "https"), (Access::new().everyone(), "http")] {
        let service = Service::start_with(Endpoints::all(), |builder| builder.access(access));
        let url = format!("{}/metrics/prometheus-config", service.base());
        for said in [
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "for=203.0.113.9;proto=https"),
        ] {
            let headers = [said, ("X-Forwarded-For", "203.0.113.9")];
            let yaml = get_with(&url, &headers).expect("it is answered").text();
            check_config(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
            assert!(yaml.contains(&format!("scheme: \"{scheme}\"\n")), "{yaml}");
        }
    }
}

// Mutation: it names the router, which has no page.
#[test]
fn a_router_without_the_page_names_the_listener() {
    let service = Service::start(Endpoints::all().exposition(false));
    let server = service
        .metrics
        .serve("127.0.0.1:0")
        .expect("a port is free");
    let yaml = service.get("/metrics/prometheus-config").text();
    check_config(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let target = format!("targets: [\"{}\"]", server.local_addr());
    assert!(yaml.contains(&target), "{yaml}");
    let page = get_with(&format!("http://{}/metrics", server.local_addr()), &[]);
    assert_eq!(page.expect("it is answered").status, 200);
    server.shutdown();
}

// Mutation: `Host` is written as it comes.
#[test]
fn no_host_can_say_more_than_a_host() {
    let service = Service::start(Endpoints::all());
    let lines = |yaml: &str| yaml.lines().filter(|line| !line.contains('#')).count();
    let plain = ask(&service, b"shop.example").expect("it is answered");
    assert!(plain.contains("[\"shop.example:80\"]"), "{plain}");
    let hosts: &[&[u8]] = &[
        b"a\"]\n      - targets: [\"evil",
        b"a\", \"evil.example:80",
        b"a\"] # ",
        b"a: b",
        b"*a",
        b"&a",
        b"!!python/object:evil",
        b"{{ .Evil }}",
        b"${EVIL}",
        b"a\\\", \\\"b",
        b"a:80, b:80",
        b"\xff\xfe",
        b"",
        b"a:99999",
        b"[::1]evil",
    ];
    let mut answered = 0;
    for host in hosts {
        let Some(yaml) = ask(&service, host) else {
            continue;
        };
        answered += 1;
        let host = String::from_utf8_lossy(host);
        check_config(&yaml).unwrap_or_else(|error| panic!("{host}: {error}\n{yaml}"));
        assert!(yaml.contains("[\"localhost:80\"]"), "{host}\n{yaml}");
        assert_eq!(lines(&yaml), lines(&plain), "{host}\n{yaml}");
    }
    assert!(answered > hosts.len() / 2, "{answered} only");
}
