//! What those who are refused are told, and what is counted.

use crate::app::{Header, answer, ask, header, metrics, open, request, sample, text};
use crate::raw;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use axum::routing::get;
use metrics_runtime::{Access, Blocked, Metrics, Unmeasured};
use std::future::pending;
use std::panic::resume_unwind;
use std::time::Duration;

fn wrong() -> [Header; 1] {
    [header("authorization", "Bearer wrong-token")]
}

/// Status, headers in order, and body.
async fn shown(response: Response<Body>) -> String {
    let status = response.status();
    let mut headers: Vec<String> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("it is text")))
        .collect();
    headers.sort();
    format!(
        "{status}\n{}\n\n{}",
        headers.join("\n"),
        text(response).await
    )
}

const UNAUTHORIZED: &str = "401 Unauthorized
cache-control: no-store
content-length: 13
content-type: text/plain; charset=utf-8
www-authenticate: Bearer
x-content-type-options: nosniff

unauthorized
";

const FORBIDDEN: &str = "403 Forbidden
cache-control: no-store
content-length: 10
content-type: text/plain; charset=utf-8
x-content-type-options: nosniff

forbidden
";

fn failing(authorizer: &'static str) -> Access {
    let timeout = Duration::from_millis(10);
    Access::new()
        .authorizer_timeout(timeout)
        .authorizer(move |_| async move {
            match authorizer {
                "panics" => resume_unwind(Box::new("canary-of-the-panic")),
                "hangs" => pending().await,
                _ => false,
            }
        })
}

// S24. All refusals with the same status are the same to the letter, whatever their
// reason. Mutation: the reason stands in the body.
#[tokio::test]
async fn a_refusal_tells_nothing_but_that() {
    let token = || Access::new().token("s3cret-token");
    let list = || Access::new().allow("192.0.2.1").expect("an address");
    let proxied = list().trust_proxy("127.0.0.1").expect("an address");
    let garbage = [header("x-forwarded-for", "canary")];
    for (name, access, headers, expected) in [
        ("no token", token(), &[][..], UNAUTHORIZED),
        ("wrong token", token(), &wrong(), UNAUTHORIZED),
        ("token or list", list().token("other"), &[], UNAUTHORIZED),
        ("authoriser", failing("says no"), &[], UNAUTHORIZED),
        (
            "authoriser that panics",
            failing("panics"),
            &[],
            UNAUTHORIZED,
        ),
        ("authoriser that hangs", failing("hangs"), &[], UNAUTHORIZED),
        ("list", list(), &[], FORBIDDEN),
        ("list and token", list(), &wrong(), FORBIDDEN),
        ("garbage of a proxy", proxied, &garbage, FORBIDDEN),
    ] {
        let metrics = metrics(access);
        let refused = shown(ask(&open(&metrics), "127.0.0.1", headers).await).await;
        assert_eq!(refused, expected, "{name}");
        let router = shown(ask(&metrics.router(), "127.0.0.1", headers).await).await;
        assert_eq!(router, expected, "{name}");
    }
    let unknown = open(&metrics(list()));
    let refused = shown(answer(&unknown, request(None, "/", &[])).await).await;
    assert_eq!(refused, FORBIDDEN);
    let far = shown(ask(&open(&metrics(Access::new())), "203.0.113.9", &[]).await).await;
    assert_eq!(far, FORBIDDEN);
    // As it is sent: hyper adds the date, and nobody the server or its version.
    let address = raw::listen(&metrics(token()));
    let sent = raw::ask(address, "GET", "/metrics", "").text;
    let lines: Vec<&str> = sent
        .lines()
        .filter(|line| !line.starts_with("date: "))
        .collect();
    assert_eq!(
        lines,
        [
            "HTTP/1.1 401 Unauthorized",
            "content-type: text/plain; charset=utf-8",
            "content-length: 13",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "www-authenticate: Bearer",
            "connection: close",
            "",
            "unauthorized",
        ]
    );
}

#[tokio::test]
async fn a_refused_head_has_no_body() {
    let app = open(&metrics(Access::new().token("s3cret-token")));
    let request = Request::builder().method(Method::HEAD).uri("/");
    let request = request.body(Body::empty()).expect("it is valid");
    let refused = shown(answer(&app, request).await).await;
    let expected = UNAUTHORIZED.strip_suffix("unauthorized\n");
    assert_eq!(Some(refused.as_str()), expected);
}

// S25. Mutations: those with a valid token are counted too, or turned away.
#[tokio::test]
async fn after_ten_failures_it_is_too_many_but_not_for_those_who_are_right() {
    let access = Access::new().token("s3cret-token").allow("192.0.2.1");
    let metrics = metrics(access.expect("an address"));
    let app = open(&metrics);
    let right = [header("authorization", "Bearer s3cret-token")];
    for _ in 0..10 {
        assert_eq!(ask(&app, "127.0.0.1", &wrong()).await.status(), 401);
        assert_eq!(ask(&app, "127.0.0.1", &right).await.status(), 200);
    }
    for _ in 0..5 {
        let refused = ask(&app, "127.0.0.1", &wrong()).await;
        assert_eq!(refused.status(), 429);
        let wait = refused.headers()["retry-after"]
            .to_str()
            .expect("it is text");
        assert!(
            (1..=60).contains(&wait.parse::<u64>().expect("whole seconds")),
            "{wait}"
        );
        let refused = shown(refused).await;
        assert!(refused.ends_with("\n\ntoo many requests\n"), "{refused}");
        assert!(refused.contains("cache-control: no-store"), "{refused}");
        // Others aren't held to account for it, nor is a scraper behind that address.
        assert_eq!(ask(&app, "127.0.0.2", &wrong()).await.status(), 401);
        assert_eq!(ask(&app, "127.0.0.1", &right).await.status(), 200);
        assert_eq!(ask(&app, "192.0.2.1", &wrong()).await.status(), 200);
    }
    for (reason, expected) in [
        ("bad_credential", 15.0),
        ("throttled", 5.0),
        ("no_credential", 0.0),
        ("address", 0.0),
        ("unknown_peer", 0.0),
        ("authorizer", 0.0),
        ("authorizer_failed", 0.0),
    ] {
        let series = format!("metrics_access_denied_total{{reason=\"{reason}\"}}");
        let value = sample(&metrics, &series);
        assert!((value - expected).abs() < f64::EPSILON, "{reason}: {value}");
    }
}

// A refusal is in `http_requests_blocked_total` once, whether a layer of the service is
// over the route or not, and the request isn't among those of the service. Mutation:
// the response has no `Unmeasured`.
#[tokio::test]
async fn a_refusal_is_counted_once_among_what_was_blocked() {
    let mount = |metrics: &Metrics, path: &str| {
        Router::new()
            .route("/open", get(|| async { "open" }))
            .nest_service(path, metrics.router::<()>())
    };
    for (path, layered) in [("/metrics", false), ("/metrics", true), ("/internal", true)] {
        let metrics = metrics(Access::new().token("s3cret-token"));
        let blocked = "http_requests_blocked_total{reason=\"access\"}";
        let app = mount(&metrics, path);
        let app = if layered {
            app.layer(metrics.http_layer())
        } else {
            app
        };
        assert!(sample(&metrics, blocked).abs() < f64::EPSILON);
        let near = Some("127.0.0.1".parse().expect("an address"));
        let refused = answer(&app, request(near, path, &[])).await;
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.extensions().get(), Some(&Blocked("access")));
        assert_eq!(refused.extensions().get(), Some(&Unmeasured));
        text(refused).await;
        assert!(
            (sample(&metrics, blocked) - 1.0).abs() < f64::EPSILON,
            "{path} {layered}"
        );
        let page = metrics.to_text();
        assert!(!page.contains("http_requests_total{"), "{page}");
    }
}

// Mutations: the guard's refusals carry `Unmeasured` on routes of the application; they
// carry `Blocked`, and are counted twice.
#[tokio::test]
async fn a_refusal_on_a_route_of_the_application_is_one_of_its_requests() {
    let metrics = metrics(Access::new().token("s3cret-token"));
    let app = Router::new()
        .route("/admin", get(|| async { "for operators" }))
        .layer(metrics.guard())
        .layer(metrics.http_layer());
    let near = Some("127.0.0.1".parse().expect("an address"));
    let refused = answer(&app, request(near, "/admin", &[])).await;
    assert_eq!(refused.status(), 401);
    text(refused).await;
    let page = metrics.to_text();
    let mut requests = page
        .lines()
        .filter(|line| line.starts_with("http_requests_total{"));
    let request = requests.next().unwrap_or_default();
    assert!(request.contains("status=\"401\""), "{page}");
    assert!(
        request.ends_with(" 1") && requests.next().is_none(),
        "{page}"
    );
    let blocked = sample(&metrics, "http_requests_blocked_total{reason=\"access\"}");
    assert!((blocked - 1.0).abs() < f64::EPSILON, "{blocked}");
}

// Each of the reasons, at zero before anybody is refused.
#[tokio::test]
async fn reasons_are_told_apart_where_only_the_operator_sees() {
    let token = || Access::new().token("s3cret-token");
    let list = || Access::new().allow("192.0.2.1").expect("an address");
    for (access, headers, reason) in [
        (token(), &[][..], "no_credential"),
        (token(), &wrong(), "bad_credential"),
        (
            token(),
            &[header("authorization", "Basic dTpw")],
            "bad_credential",
        ),
        (list(), &[], "address"),
        (list(), &wrong(), "address"),
        (list().token("other"), &[], "no_credential"),
        (failing("says no"), &wrong(), "authorizer"),
        (failing("panics"), &[], "authorizer_failed"),
        (failing("hangs"), &[], "authorizer_failed"),
        (
            failing("says no").token("other"),
            &wrong(),
            "bad_credential",
        ),
        (failing("says no").token("other"), &[], "authorizer"),
    ] {
        let metrics = metrics(access);
        let app = open(&metrics);
        let page = metrics.to_text();
        let zeros = page
            .lines()
            .filter(|line| line.starts_with("metrics_access_denied_total{"));
        let zeros: Vec<&str> = zeros.filter(|line| line.ends_with(" 0")).collect();
        assert_eq!(zeros.len(), 7, "{page}");
        ask(&app, "127.0.0.1", headers).await;
        let series = format!("metrics_access_denied_total{{reason=\"{reason}\"}}");
        assert!(
            (sample(&metrics, &series) - 1.0).abs() < f64::EPSILON,
            "{reason}"
        );
    }
}
