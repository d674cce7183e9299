//! The oracles themselves: good pages pass, bad ones don't.

use integration_tests::openmetrics::{Reader, Syntax};

const GOOD: &str = r#"# TYPE calls counter
# HELP calls Calls \"all\" \\ \n.
calls_total{path="\\\"\n"} 3.0 # {trace_id="é"} 1.0 1.5
calls_created{path="\\\"\n"} 1520430000.123
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
# HELP wait_seconds Waits.
wait_seconds_bucket{le="0.1"} 1
wait_seconds_bucket{le="+Inf"} 2
wait_seconds_sum 3.5
wait_seconds_count 2
# EOF
"#;

#[test]
fn a_good_openmetrics_page_is_read() {
    let mut reader = Reader::start();
    let read = reader.read(Syntax::OpenMetrics, GOOD.as_bytes());
    let families = read.expect("the page is valid");
    let [calls, waits] = &families[..] else {
        panic!("there are two families: {families:#?}");
    };
    assert_eq!((&*calls.name, &*calls.kind), ("calls", "counter"));
    assert_eq!(calls.help, "Calls \"all\" \\ \n.");
    let total = &calls.samples[0];
    assert_eq!(total.labels["path"], "\\\"\n");
    let exemplar = total.exemplar.as_ref().expect("it has an exemplar");
    assert_eq!(exemplar.labels["trace_id"], "é");
    assert_eq!(exemplar.timestamp, Some(1.5));
    assert_eq!((&*waits.unit, waits.samples.len()), ("seconds", 4));
    // The process goes on, also after a page that it refuses.
    assert!(reader.read(Syntax::OpenMetrics, b"\xff").is_err());
    assert_eq!(reader.read(Syntax::OpenMetrics, b"# EOF\n"), Ok(Vec::new()));
}

#[test]
fn bad_openmetrics_pages_are_refused() {
    let mut reader = Reader::start();
    for (from, to) in [
        ("# EOF\n", ""),
        ("# EOF\n", "# EOF\na 1\n"),
        ("# TYPE calls counter\n", "# TYPE calls counter\n\n"),
        ("# TYPE calls counter\n", "# TYPE calls counter\n# other\n"),
        ("# TYPE calls counter\n", "# TYPE calls_total counter\n"),
        ("# TYPE calls counter\n", "# TYPE calls untyped\n"),
        ("# UNIT wait_seconds seconds", "# UNIT wait_seconds bytes"),
        (
            "_total{path=\"\\\\\\\"\\n\"} 3.0",
            "_total 1\ncalls_total 1",
        ),
        (" 3.0 # {", " -3.0 # {"),
        (" 3.0 # {", " NaN # {"),
        ("wait_seconds_count 2", "wait_seconds_count 2 # {a=\"b\"} 1"),
        ("wait_seconds_count 2", "wait_seconds_count 3"),
        ("wait_seconds_count 2\n", ""),
        ("wait_seconds_sum 3.5\n", ""),
        ("le=\"+Inf\"", "le=\"Inf\""),
        ("le=\"0.1\"", "le=\"-0.1\""),
        (
            "# EOF",
            "# TYPE calls_created gauge\ncalls_created 1\n# EOF",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let bad = GOOD.replacen(from, to, 1);
        let read = reader.read(Syntax::OpenMetrics, bad.as_bytes());
        assert!(read.is_err(), "{bad}");
    }
}

#[test]
fn the_text_parser_sees_escapes_and_repeated_series() {
    let mut reader = Reader::start();
    let page = b"# TYPE a gauge\na{l=\"\\\\\\\"\\n\"} +Inf\n";
    let families = reader.read(Syntax::Text, page).expect("the page is valid");
    assert_eq!(families[0].samples[0].labels["l"], "\\\"\n");
    assert_eq!(families[0].samples[0].value.to_string(), "inf");
    for bad in [&b"a{l=\"\n\"} 1\n"[..], b"a 1\nb 1\na 2\n", b"a one\n"] {
        assert!(reader.read(Syntax::Text, bad).is_err());
    }
}
