//! Scans that a visitor of the shop asks for.

use std::process::Command;

use integration_tests::component::{Component, free_port, fresh_home};
use integration_tests::deadline::poll;
use integration_tests::http::{get_with, post};
use serde_json::{Value, json};

use crate::socket::{FIRST, LIMIT, closed_port, open};

const JSON: &str = "application/json";

/// A shop without other visitors, and the session of the one that there is.
struct Visit {
    shop: Component,
    address: String,
    session: String,
}

impl Visit {
    fn new() -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command.args(["--listen", &address, "--visitors", "0"]);
        let mut visit = Self {
            shop: Component::start(command, fresh_home()),
            address,
            session: String::new(),
        };
        let url = format!("http://{}/metrics", visit.address);
        visit.shop.wait_until_ready(&url, LIMIT);
        let user = json!({ "name": "ada", "password": "correct horse", "method": "password" });
        assert_eq!(visit.post("/users", &user).0, 201);
        let (_, session) = visit.post("/sessions", &user);
        let token = session["token"].as_str().expect("it is text");
        visit.session = format!("Bearer {token}");
        visit
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let session = [("authorization", self.session.as_str())];
        let answer = post(&url, JSON, &session, body.to_string().as_bytes());
        let answer = answer.expect("the shop answers");
        let body = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status, body)
    }

    fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        let session = [("authorization", self.session.as_str())];
        let answer = get_with(&url, &session).expect("the shop answers");
        (answer.status, answer.text())
    }

    /// Waits until a scan has ended, and returns what it has found.
    fn end_of(&self, id: &Value) -> Value {
        let ended = poll(LIMIT, || {
            let (status, body) = self.get(&format!("/scans/{id}"));
            assert_eq!(status, 200, "{body}");
            let body: Value = serde_json::from_str(&body).expect("it is JSON");
            (body["running"] == false).then_some(body)
        });
        ended.expect("a scan ends")
    }
}

// Mutation: the task is given another progress than the one that is kept.
#[test]
fn are_told_of_until_their_end() {
    let visit = Visit::new();
    let port = closed_port();
    let _listener = open(FIRST, port);
    let ports = format!("{port},{}", closed_port());
    let (status, body) = visit.post("/scans", &json!({ "hosts": "127.0.0.1", "ports": ports }));
    assert_eq!((status, &body), (202, &json!({ "id": 1 })));
    let expected = json!({
        "running": false,
        "probed": 2,
        "total": 2,
        "found": [format!("127.0.0.1:{port}")],
    });
    assert_eq!(visit.end_of(&body["id"]), expected);

    let (_, page) = visit.get("/metrics");
    for line in [
        r#"task_runs_total{task="port_scan",outcome="ok"} 1"#,
        r#"port_scan_duration_seconds_count{outcome="ok"} 1"#,
        "port_scan_progress_ratio 1",
        "hosts_discovered_total 1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
}

#[test]
fn are_refused_with_the_reason() {
    let visit = Visit::new();
    for (hosts, ports, reason) in [
        ("192.0.2.1", "1", "is not on loopback"),
        ("127.0.0.1", "0", "is neither a port nor a range"),
        ("127.0.0.0/16", "1-1024", "more than 100000 ports"),
    ] {
        let (status, body) = visit.post("/scans", &json!({ "hosts": hosts, "ports": ports }));
        assert_eq!(status, 422, "{body}");
        let error = body["error"].as_str().unwrap_or_default();
        assert!(error.contains(reason), "{body}");
    }
    assert_eq!(visit.get("/scans/1").0, 404);

    let strangers = Visit {
        session: String::new(),
        ..visit
    };
    let wanted = json!({ "hosts": "127.0.0.1", "ports": "1" });
    assert_eq!(strangers.post("/scans", &wanted).0, 401);
    assert_eq!(strangers.get("/scans/1").0, 401);
}

/// How long a scan takes is up to the machine, so they are started until two meet.
#[test]
fn are_refused_while_one_is_under_way() {
    let visit = Visit::new();
    let long = json!({ "hosts": "127.0.0.0/28", "ports": "1-6000" });
    let met = poll(LIMIT, || {
        let answers = [visit.post("/scans", &long), visit.post("/scans", &long)];
        let (status, body) = answers.into_iter().find(|(status, _)| *status != 202)?;
        assert_eq!(status, 409, "{body}");
        Some(body)
    });
    let error = "a scan is under way; wait for its end";
    assert_eq!(met, Some(json!({ "error": error })));
}
