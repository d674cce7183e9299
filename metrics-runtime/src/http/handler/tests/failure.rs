//! What goes wrong is an answer.

use super::{get, header, injected, text};
use crate::encode::{Missing, Wanted};
use crate::http::handler::HandlerOptions;
use http::StatusCode;
use std::sync::atomic::{AtomicUsize, Ordering};

// H14, S24.
// Mutations: `answer` doesn't ask whether the handler is strict; what a collector did
// instead, which may be the text of a panic, stands in the body.
#[tokio::test]
async fn missing_collectors_are_named() {
    let render = |_: Wanted<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(b"a 1\n");
        vec![Missing {
            collector: "disk\r\nä".to_owned(),
            reason: "it hangs".to_owned(),
        }]
    };
    let (handler, registry) = injected(HandlerOptions::new(), render);
    let page = registry.to_text();
    for cause in ["gathering", "encoding"] {
        let zero = format!("\nmetrics_exposition_errors_total{{cause=\"{cause}\"}} 0\n");
        assert!(page.contains(&zero), "{page}");
    }
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "x-metrics-missing"), "disk???");
    let errors = "\nmetrics_exposition_errors_total{cause=\"gathering\"} 1\n";
    assert!(registry.to_text().contains(errors));
    let (handler, _) = injected(HandlerOptions::new().strict(true), render);
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let expected = "collectors are missing: disk\r\nä\n";
    assert_eq!(text(answer).await, expected);
}

// H15.
// Mutation: `make` doesn't catch panics.
#[tokio::test]
async fn a_panic_is_an_answer() {
    let (handler, registry) = injected(HandlerOptions::new(), |_: Wanted<'_>, _: &mut Vec<u8>| {
        panic!("on purpose")
    });
    for uri in ["/", "/", "/?name[]=a"] {
        let answer = get(&handler, uri, &[]).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    let errors = "\nmetrics_exposition_errors_total{cause=\"encoding\"} 3\n";
    assert!(registry.to_text().contains(errors));
}

// O24: what was written before a panic is never sent.
// Mutation: a buffer goes back to its pool with what is in it.
#[tokio::test]
async fn a_page_is_sent_whole_or_not_at_all() {
    let pages = AtomicUsize::new(0);
    let (handler, _) = injected(HandlerOptions::new(), move |_, out: &mut Vec<u8>| {
        out.extend_from_slice(b"half 1\n");
        assert!(pages.fetch_add(1, Ordering::Relaxed) > 0, "on purpose");
        out.extend_from_slice(b"# EOF\n");
        Vec::new()
    });
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!text(answer).await.contains("half"));
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(header(&answer, "content-length"), "13");
    assert_eq!(text(answer).await, "half 1\n# EOF\n");
}
