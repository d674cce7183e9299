//! Limits of requests and of time.

use super::{get, handler, header, hung, injected, registry, request, text};
use crate::encode::Wanted;
use crate::http::handler::HandlerOptions;
use http::{Method, StatusCode};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use tokio::time::timeout;

const GENEROUS: Duration = Duration::from_secs(30);

/// A scraper that waits for little.
const HURRY: [(&str, &str); 1] = [("x-prometheus-scrape-timeout-seconds", "0.02")];

// H12.
// Mutations: `of` makes as many permits as there can be; `answer` lets the permit go
// before the body is dropped.
#[tokio::test]
async fn too_many_requests_in_flight_are_refused() {
    let handler = super::new(registry(), HandlerOptions::new().max_in_flight(1));
    let first = get(&handler, "/", &[]).await;
    let second = get(&handler, "/", &[]).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&second, "retry-after"), "1");
    assert!(text(second).await.contains("too many requests"));
    drop(first);
    let third = get(&handler, "/", &[]).await;
    assert_eq!(third.status(), StatusCode::OK);
    let head = handler.respond(&request(Method::HEAD, "/", &[])).await;
    assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(third);
    let page = text(get(&handler, "/", &[]).await).await;
    assert!(page.contains("\nmetrics_scrapes_in_flight 1\n"), "{page}");
}

// Mutations: a page that isn't read has no place; `filtered` drops its permit.
#[tokio::test]
async fn clients_that_do_not_read_hold_few_pages() {
    let handler = handler();
    for (uri, most) in [("/", 12), ("/?name[]=metrics_scrapes_total", 4)] {
        let mut unread = Vec::new();
        for _ in 0..most {
            let answer = get(&handler, uri, &[]).await;
            assert_eq!(answer.status(), StatusCode::OK);
            unread.push(answer);
        }
        let refused = get(&handler, uri, &HURRY).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(header(&refused, "retry-after"), "1");
        unread.pop();
        let served = get(&handler, uri, &[]).await;
        assert_eq!(served.status(), StatusCode::OK);
        drop(unread);
        let again = get(&handler, uri, &[]).await;
        assert_eq!(again.status(), StatusCode::OK);
    }
}

// H12, H13.
// Mutation: `answer` takes the maximum for the scraper's timeout.
#[tokio::test]
async fn a_hung_page_is_answered_in_the_time_of_the_scraper() {
    let (release, render) = hung();
    let options = HandlerOptions::new().timeout(Duration::from_hours(1));
    let (handler, registry) = injected(options, render);
    for uri in ["/", "/", "/?name[]=a"] {
        let answer = timeout(GENEROUS, get(&handler, uri, &HURRY)).await;
        let answer = answer.expect("not our maximum");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(text(answer).await.contains("in time"));
    }
    let errors = "\nmetrics_exposition_errors_total{cause=\"gathering\"} 3\n";
    assert!(registry.to_text().contains(errors));
    drop(release);
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK, "it goes on afterwards");
}

// H13, H15.
// Mutation: `answer` doesn't clamp, or garbage counts as zero.
#[tokio::test]
async fn the_timeout_is_clamped_and_garbage_ignored() {
    let (release, render) = hung();
    let options = HandlerOptions::new().timeout(Duration::from_millis(20));
    let (handler, _) = injected(options, render);
    for seconds in ["1e300", "3600", "-1", "0", "NaN", "inf", "x", ""] {
        let headers = [("x-prometheus-scrape-timeout-seconds", seconds)];
        let answer = timeout(GENEROUS, get(&handler, "/", &headers)).await;
        let answer = answer.expect("not the scraper's");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    drop(release);
    let (handler, _) = injected(
        HandlerOptions::new().timeout(Duration::MAX),
        |_: Wanted<'_>, _: &mut Vec<u8>| Vec::new(),
    );
    for seconds in ["-1", "0", "NaN", "x", "1e300"] {
        let headers = [("x-prometheus-scrape-timeout-seconds", seconds)];
        let answer = get(&handler, "/", &headers).await;
        assert_eq!(answer.status(), StatusCode::OK, "{seconds}");
    }
}

// H13: collectors have nine tenths of the scraper's time.
// Mutation: `make` hands on no deadline, or `answer` gives them all of it.
#[tokio::test]
async fn collectors_are_held_to_the_time_of_the_scraper() {
    let (sender, deadlines) = channel();
    let render = move |wanted: Wanted<'_>, _: &mut Vec<u8>| {
        let sent = sender.send((wanted.deadline, Instant::now()));
        sent.expect("the test listens");
        Vec::new()
    };
    let (handler, _) = injected(HandlerOptions::new(), render);
    for uri in ["/", "/?name[]=a"] {
        for (seconds, tenths) in [("5", 4.5), ("60", 9.0)] {
            let tenths = Duration::from_secs_f64(tenths);
            let before = Instant::now();
            let headers = [("x-prometheus-scrape-timeout-seconds", seconds)];
            let answer = get(&handler, uri, &headers).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let (deadline, after) = deadlines.recv().expect("it was made");
            let deadline = deadline.expect("there is a deadline");
            assert!((before + tenths..=after + tenths).contains(&deadline));
        }
    }
}
