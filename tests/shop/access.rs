//! Who is shown the metrics: a user who is logged in.

use integration_tests::component::free_port;
use integration_tests::deadline::poll;
use integration_tests::http::{Response, get_with, post};
use serde_json::Value;
use std::fmt::Debug;

use crate::service::{LIMIT, Shop};
use crate::visit::PATIENCE;

const JSON: &str = "application/json";

/// The header that a token is sent in.
type By = fn(&str) -> (&'static str, String);

/// Asks with headers, and says whether the answer is what was hoped for.
type Ask<'a> = &'a dyn Fn(&[(&str, &str)]) -> bool;

fn sent<E: Debug>(answer: Result<Response, E>) -> (u16, Value) {
    let answer = answer.expect("the shop answers");
    let body = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.status, body)
}

/// Registers a user.
fn register(shop: &str, name: &str) {
    let user = format!(r#"{{"name": "{name}", "password": "correct horse"}}"#);
    let registered = post(&format!("{shop}/users"), JSON, &[], user.as_bytes());
    assert_eq!(sent(registered).0, 201);
}

/// Logs in; the session's token.
fn log_in(shop: &str, name: &str) -> String {
    let user =
        format!(r#"{{"method": "password", "name": "{name}", "password": "correct horse"}}"#);
    let session = post(&format!("{shop}/sessions"), JSON, &[], user.as_bytes());
    let (status, session) = sent(session);
    assert_eq!(status, 201, "{session}");
    let token = session["token"].as_str();
    token.expect("it is text").to_owned()
}

// S7, M7. Mutations: any user's session is taken; the authoriser lets in whom it can't
// find.
#[test]
fn the_superuser_alone_is_shown_the_metrics_and_records_from_elsewhere() {
    let port = free_port();
    let mut shop = Shop::launch(port, &["--superuser", "ada"]);
    let address = format!("http://127.0.0.1:{port}");
    let health = format!("{address}/health");
    shop.component.wait_until_ready(&health, LIMIT);
    let (page, increment) = (
        format!("{address}/metrics"),
        format!("{address}/metrics/increment"),
    );
    let item = br#"{"metric": "custom_metric_current", "labels": {"type": "tickets"}}"#;

    for user in ["eve", "ada"] {
        register(&address, user);
    }
    let stranger = log_in(&address, "eve");
    let by_cookie: By = |token| ("Cookie", format!("theme=dark; session={token}"));
    let by_bearer: By = |token| ("Authorization", format!("Bearer {token}"));
    let refused = [
        ("Cookie", "session=".to_owned()),
        by_cookie(&stranger),
        by_bearer(&stranger),
    ];
    for (name, value) in &refused {
        let header = [(*name, value.as_str())];
        assert_eq!(sent(get_with(&page, &header)).0, 401, "{value}");
        assert_eq!(sent(post(&increment, JSON, &header, item)).0, 401);
        let (_, told) = sent(get_with(&health, &header));
        assert_eq!(told, serde_json::json!({"status": "up"}), "{value}");
    }
    let superuser = log_in(&address, "ada");
    let other = format!("other={superuser}");
    assert_eq!(sent(get_with(&page, &[("Cookie", &other)])).0, 401);
    // Sessions of the shop are short, for a machine that is busy too short at times.
    let as_superuser = |by: By, ask: Ask<'_>| {
        let granted = poll(PATIENCE, || {
            let (name, value) = by(&log_in(&address, "ada"));
            ask(&[(name, &value)]).then_some(())
        });
        assert!(granted.is_some(), "the superuser isn't let in");
    };
    for by in [by_cookie, by_bearer] {
        as_superuser(by, &|header| sent(get_with(&page, header)).0 == 200);
        as_superuser(by, &|header| {
            sent(post(&increment, JSON, header, item)).0 == 200
        });
        as_superuser(by, &|header| {
            let (_, told) = sent(get_with(&health, header));
            told["checks"][0]["name"] == "database"
        });
    }
    as_superuser(by_bearer, &|header| {
        let shown = get_with(&page, header).expect("the shop answers").text();
        shown.contains("\ncustom_metric_current{type=\"tickets\"} 2\n")
    });
}
