//! Who is shown the metrics: a user who is logged in.

use integration_tests::component::free_port;
use integration_tests::http::{Response, get_with, post};
use serde_json::Value;
use std::fmt::Debug;

use crate::service::{LIMIT, Shop};

const JSON: &str = "application/json";

fn sent<E: Debug>(answer: Result<Response, E>) -> (u16, Value) {
    let answer = answer.expect("the shop answers");
    let body = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.status, body)
}

/// Registers a user and logs in; the session's token.
fn log_in(shop: &str, name: &str) -> String {
    let user = format!(r#"{{"name": "{name}", "password": "correct horse"}}"#);
    let registered = post(&format!("{shop}/users"), JSON, &[], user.as_bytes());
    assert_eq!(sent(registered).0, 201);
    let user = user.replace('{', r#"{"method": "password", "#);
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

    let stranger = log_in(&address, "eve");
    let by_cookie = |token: &str| ("Cookie", format!("theme=dark; session={token}"));
    let by_bearer = |token: &str| ("Authorization", format!("Bearer {token}"));
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
    // Sessions of the shop are short: it is used at once.
    let superuser = log_in(&address, "ada");
    let other = format!("other={superuser}");
    assert_eq!(sent(get_with(&page, &[("Cookie", &other)])).0, 401);
    for (name, value) in [by_cookie(&superuser), by_bearer(&superuser)] {
        let header = [(name, value.as_str())];
        assert_eq!(sent(get_with(&page, &header)).0, 200, "{value}");
        assert_eq!(sent(post(&increment, JSON, &header, item)).0, 200);
        let (_, told) = sent(get_with(&health, &header));
        assert_eq!(told["checks"][0]["name"], "database", "{told}");
    }
    let shown = get_with(&page, &[("Authorization", &format!("Bearer {superuser}"))]);
    let shown = shown.expect("the shop answers").text();
    assert!(
        shown.contains("\ncustom_metric_current{type=\"tickets\"} 2\n"),
        "{shown}"
    );
}
