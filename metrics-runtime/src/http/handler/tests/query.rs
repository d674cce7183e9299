//! What the query asks for.

use super::{get, handler, registry, text};
use crate::http::handler::HandlerOptions;
use http::StatusCode;

// H11.
// Mutation: `write` asks for our sections only.
#[tokio::test]
async fn names_limit_the_page_to_families() {
    let registry = registry();
    let foreign = prometheus::Registry::new();
    let depth = prometheus::IntGauge::new("depth", "Depth.").expect("the name is valid");
    foreign.register(Box::new(depth)).expect("the name is free");
    registry.add_foreign(vec![foreign]);
    registry.counter("a_total", "A.").unwrap().inc();
    registry.gauge("b", "B.").unwrap().set(2.0);
    registry
        .histogram("c_seconds", "C.", &[1.0])
        .unwrap()
        .observe(0.5);
    let handler = super::new(registry, HandlerOptions::new());
    let whole = text(get(&handler, "/", &[]).await).await;
    assert!(whole.contains("\nb 2\n") && whole.contains("\ndepth 0\n"));
    let uri = "/?name[]=a&name%5B%5D=c_seconds_bucket&name[]=depth&name[]=none";
    let page = text(get(&handler, uri, &[]).await).await;
    let types = page.lines().filter(|line| line.starts_with("# TYPE "));
    assert_eq!(
        types.collect::<Vec<_>>(),
        [
            "# TYPE a_total counter",
            "# TYPE c_seconds histogram",
            "# TYPE depth gauge"
        ]
    );
    assert!(page.contains("\nc_seconds_count 1\n"), "families are whole");
    assert_eq!(text(get(&handler, "/?name[]=", &[]).await).await, "");
    let again = text(get(&handler, "/", &[]).await).await;
    assert!(again.contains("\nb 2\n"));
}

// H11, H15, and O20: a byte that is no text is refused.
// Mutation: `read` ignores what `Query::parse` refuses.
#[tokio::test]
async fn queries_have_limits() {
    let handler = handler();
    for query in [
        "x".repeat(60_000) + "&" + &"y".repeat(5_536),
        "name[]=a&".repeat(1_024),
        "name[]=%ff".to_owned(),
    ] {
        let uri = format!("/?{query}");
        let Ok(uri) = uri.parse::<http::Uri>() else {
            // The `http` crate has a limit of its own, just below.
            assert!(uri.len() > 65_000);
            continue;
        };
        let answer = get(&handler, &uri.to_string(), &[]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(text(answer).await.ends_with('\n'));
    }
}

// H15.
// Mutation: `read` unwraps the path's query.
#[tokio::test]
async fn odd_uris_are_answered() {
    let handler = handler();
    for uri in [
        "*",
        "example.org:80",
        "/?",
        "/?&&&",
        "http://a/?%",
        "/..//%00",
    ] {
        let answer = get(&handler, uri, &[("accept", ";;q=,\"")]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{uri}");
    }
}
