//! Secrets are nowhere to be read.

use crate::app::{answer, ask, header, open, request, text, with_endpoints};
use crate::endpoint::ENDPOINTS;
use axum::body::Body;
use axum::http::{Method, Response};
use integration_tests::child::printed_by_child;
use metrics_runtime::{Access, Endpoints, Metrics, Secret, set_diagnostics_hook};

/// A part of every secret here.
const CANARY: &str = "c4n4ry";

fn assert_no_canary(text: &str) {
    // Nor its bytes as `Debug` prints them, nor in hexadecimal.
    for form in [CANARY, "99, 52, 110, 52", "63346e347279"] {
        assert!(!text.contains(form), "{text}");
    }
}

async fn everything(response: Response<Body>) -> String {
    let head = format!("{:?} {:?}", response.status(), response.headers());
    head + &text(response).await
}

// S9. Mutations: `Secret` keeps the token or derives `Debug`; a refusal repeats what
// was sent.
#[tokio::test]
async fn a_token_is_in_nothing_that_is_printed_or_answered() {
    let token = format!("token-{CANARY}-0123456789");
    let secret = Secret::from(token.as_str());
    let access = Access::new()
        .token(secret.clone())
        .token(format!("old-{token}"));
    let access = access.allow("192.0.2.1").expect("an address");
    let builder = Metrics::builder().access(access.clone());
    for shown in [
        format!("{secret:?} {secret:#?} {secret}"),
        serde_json::to_string(&secret).expect("it is text"),
        format!("{access:?} {access:#?}"),
        format!("{builder:?} {builder:#?}"),
    ] {
        assert!(shown.contains("[redacted]"), "{shown}");
        assert_no_canary(&shown);
    }
    let metrics = with_endpoints(access, Endpoints::all());
    let (guard, handler) = (metrics.guard(), metrics.handler());
    let router = metrics.router::<()>();
    assert_no_canary(&format!("{metrics:?} {guard:?} {handler:?} {router:?}"));
    assert_no_canary(&format!("{:?}", metrics.config()));
    let app = open(&metrics);
    for sent in [
        format!("Bearer {token}"),
        format!("Bearer {token}x"),
        format!("Basic {token}"),
    ] {
        for header_name in [
            "authorization",
            "x-metrics-token",
            "x-forwarded-for",
            "cookie",
        ] {
            let headers = [header(header_name, &sent)];
            assert_no_canary(&everything(ask(&app, "203.0.113.9", &headers).await).await);
            assert_no_canary(&everything(ask(&router, "203.0.113.9", &headers).await).await);
        }
    }
    // What anybody is told of the settings, however it is asked for.
    let served = router.merge(metrics.health_router());
    for path in ENDPOINTS
        .iter()
        .copied()
        .chain(["/health", "/readiness", "/x"])
    {
        let path = if path.is_empty() { "/" } else { path };
        for sent in [token.as_str(), CANARY] {
            for method in [Method::GET, Method::POST] {
                let mut request = request(None, path, &[header("x-metrics-token", sent)]);
                *request.method_mut() = method;
                assert_no_canary(&everything(answer(&served, request).await).await);
            }
        }
    }
    assert_no_canary(&metrics.to_text());
}

#[test]
fn a_token_that_is_refused_is_not_in_the_error() {
    for token in [
        format!("{CANARY} {CANARY}"),
        format!("{CANARY}\n"),
        format!("{CANARY}é"),
    ] {
        let error = Metrics::builder()
            .access(Access::new().token(token))
            .build();
        let error = error.expect_err("no header can hold it");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(shown.contains("a token can't be used"), "{shown}");
        assert_no_canary(&shown);
    }
    let empty = Metrics::builder().access(Access::new().token("")).build();
    let error = empty.expect_err("an empty token would let in whoever sends one");
    assert!(error.to_string().contains("it is empty"), "{error}");
}

/// Runs this test again with a variable, in a process of its own.
fn with_variable(name: &str, variable: &str, value: &str, body: impl FnOnce() + Send + 'static) {
    let text = printed_by_child(name, &[(variable, value)], body);
    // Whatever the process has printed.
    assert_no_canary(&text);
}

// S9: the environment's tokens aren't printed either, not even by a child that prints
// all it can.
#[test]
fn a_token_of_the_environment_is_used_and_not_printed() {
    let name = "secrecy::a_token_of_the_environment_is_used_and_not_printed";
    let value = format!("first-{CANARY}, second-{CANARY}");
    with_variable(name, "METRICS_AUTH_TOKEN", &value, || {
        let hooked = set_diagnostics_hook(|diagnostic| println!("{diagnostic}"));
        hooked.expect("it is set once");
        let metrics = Metrics::builder().build().expect("the tokens are valid");
        println!("{metrics:?} {}", metrics.to_text());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("there are threads").block_on(async {
            let app = open(&metrics);
            for token in [format!("first-{CANARY}"), format!("second-{CANARY}")] {
                let response = ask(&app, "203.0.113.9", &[header("x-metrics-token", &token)]).await;
                assert_eq!(response.status(), 200);
            }
            let wrong = [header("x-metrics-token", CANARY)];
            let response = ask(&app, "127.0.0.1", &wrong).await;
            println!("{}", everything(response).await);
        });
    });
}

#[test]
fn a_bad_variable_is_named_and_a_bad_token_not_printed() {
    let name = "secrecy::a_bad_variable_is_named_and_a_bad_token_not_printed";
    let value = format!("first-{CANARY}, bad {CANARY}");
    with_variable(name, "METRICS_AUTH_TOKEN", &value, || {
        let error = Metrics::builder().build().expect_err("a token has a space");
        println!("{error:?}");
        assert_eq!(
            error.to_string(),
            "the environment variable METRICS_AUTH_TOKEN is `[redacted], number 2 of 2`; each \
             token, with commas between them, takes visible ASCII characters and at least one; \
             unset the variable if there is none"
        );
    });
}

#[test]
fn a_list_of_the_environment_is_used() {
    let name = "secrecy::a_list_of_the_environment_is_used";
    with_variable(name, "METRICS_ALLOWED_IPS", "192.0.2.0/24, ::1", || {
        let metrics = Metrics::builder().build().expect("the list is valid");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("there are threads").block_on(async {
            let app = open(&metrics);
            for (peer, status) in [("192.0.2.9", 200), ("::1", 200), ("127.0.0.1", 403)] {
                assert_eq!(ask(&app, peer, &[]).await.status(), status, "{peer}");
            }
        });
    });
}
