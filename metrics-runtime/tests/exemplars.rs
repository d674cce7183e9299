//! Exemplars, whose source is one for the process: in a program of their own.

#![cfg(feature = "exemplars")]

use metrics_runtime::{
    Exemplar, Format, Registry, counted, set_exemplar_source, timed, track_cache, track_model,
    track_query,
};
use std::cell::Cell;

static REGISTRY: Registry = Registry::new();

thread_local! {
    static TRACE: Cell<&'static str> = const { Cell::new("") };
}

#[counted(registry = REGISTRY)]
fn call() {}

#[timed(registry = REGISTRY)]
fn timed_call() {}

#[track_model(delete, model = "Row", rows = |rows| *rows, registry = REGISTRY)]
#[track_query(delete, table = "rows", database = "db", registry = REGISTRY)]
fn purge(rows: u64) -> Result<u64, ()> {
    Ok(rows)
}

#[track_cache(get, cache = "rows", registry = REGISTRY)]
fn cached() -> Option<()> {
    None
}

fn page(format: Format) -> String {
    String::from_utf8_lossy(&REGISTRY.encode(format)).into_owned()
}

fn line<'a>(page: &'a str, start: &str) -> &'a str {
    let mut lines = page.lines();
    lines
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("{start} in {page}"))
}

// O7. Mutation: bytes are counted instead of code points.
#[test]
fn labels_have_at_most_128_code_points() {
    let of = |length: usize| Exemplar::new([("id", "\u{fc}".repeat(length))]);
    assert!(of(126).is_ok());
    assert!(of(127).is_err());
}

// O7, O8, O9. Mutations: `offer` is never due; the exemplar of a bucket is kept
// at the next cell; lines of sums have exemplars too; counters of rows are added
// to without an offer, or are offered an addition of nothing.
#[test]
fn recordings_carry_the_trace_that_they_are_of() {
    let source = || match TRACE.get() {
        "" => None,
        "bad" => Some(Exemplar::new([("trace_id", "x".repeat(129))])),
        "panic" => panic!("of the test"),
        "records" => {
            REGISTRY
                .counter("asked_total", "Asked.")
                .expect("the name is valid")
                .inc();
            Some(Exemplar::new([("trace_id", "inner")]))
        }
        trace => Some(Exemplar::new([("trace_id", trace)])),
    };
    set_exemplar_source(source).expect("it is set once");
    assert!(set_exemplar_source(|| None).is_err());
    let sizes = REGISTRY
        .histogram("size_bytes", "Sizes.", &[1.0, 10.0])
        .expect("it is valid");
    call();
    assert!(!page(Format::OpenMetrics).contains(" # {"), "no trace yet");

    TRACE.set("abc");
    call();
    timed_call();
    sizes.observe(5.0);
    TRACE.set("later");
    call();
    sizes.observe(7.0);
    sizes.observe(70.0);
    let openmetrics = page(Format::OpenMetrics);
    let calls = line(&openmetrics, "function_calls_total{function=\"call\"");
    assert!(calls.contains(" 3 # {trace_id=\"abc\"} 1 1"), "{calls}");
    let bucket = line(&openmetrics, "size_bytes_bucket{le=\"10.0\"}");
    assert!(bucket.contains(" 2 # {trace_id=\"abc\"} 5 1"), "{bucket}");
    let last = line(&openmetrics, "size_bytes_bucket{le=\"+Inf\"}");
    assert!(last.contains(" 3 # {trace_id=\"later\"} 70 1"), "{last}");
    for name in ["size_bytes_sum", "size_bytes_count", "size_bytes_created"] {
        assert!(!line(&openmetrics, name).contains('#'));
    }
    let timed = "function_duration_seconds_bucket{function=\"timed_call\"";
    assert!(line(&openmetrics, timed).contains("trace_id=\"abc\""));
    // T15.
    assert!(!page(Format::Text).contains("trace_id"));
    let protobuf = page(Format::Protobuf);
    assert!(protobuf.contains("abc") && protobuf.contains("later"));

    // All counters of attributes have one, but not for nothing.
    TRACE.set("empty");
    assert!(purge(0).is_ok());
    TRACE.set("counted");
    assert!(purge(5).is_ok() && cached().is_none());
    let openmetrics = page(Format::OpenMetrics);
    for (series, exemplar) in [
        (
            "model_deletes_total{model=\"Row\"} 5",
            "{trace_id=\"counted\"} 5 ",
        ),
        ("db_queries_total{", "{trace_id=\"empty\"} 1 "),
        ("cache_misses_total{", "{trace_id=\"counted\"} 1 "),
    ] {
        let line = line(&openmetrics, series);
        assert!(line.contains(exemplar), "{line}");
    }

    // What can't be an exemplar is counted, and nobody who records notices.
    // A source that panics is asked once in a round, as one that works is.
    for (trace, reason, times) in [("bad", "invalid", 2), ("panic", "panic", 1)] {
        TRACE.set(trace);
        let name = format!("{trace}_total");
        let counter = REGISTRY.counter(&name, "Calls.").expect("it is valid");
        counter.inc();
        counter.inc();
        assert_eq!(counter.get(), 2);
        let text = metrics_runtime::global().to_text();
        let dropped = format!("metrics_dropped_exemplars_total{{reason=\"{reason}\"}} {times}");
        assert!(text.contains(&dropped), "{text}");
    }
    TRACE.set("records");
    REGISTRY
        .counter("outer_total", "Outer.")
        .expect("the name is valid")
        .inc();
    let openmetrics = page(Format::OpenMetrics);
    assert!(line(&openmetrics, "outer_total").contains("inner"));
    assert!(!line(&openmetrics, "asked_total").contains('#'));
}
