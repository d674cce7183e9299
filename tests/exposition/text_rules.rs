//! The rules of the text format 0.0.4.

use integration_tests::page::{Kind, Page};
use metrics_runtime::{Format, Registry};

/// The page without what the toolkit says about itself.
fn lines(registry: &Registry) -> Vec<String> {
    let page = registry.encode(Format::Text);
    let page = String::from_utf8(page).expect("T1: a page is UTF-8");
    let own = |line: &&str| !line.contains("metrics_");
    page.lines().filter(own).map(str::to_owned).collect()
}

fn registry() -> Registry {
    let registry = Registry::new();
    let made = registry.counter_family("calls_total", "Calls.", ["path"]);
    let calls = made.expect("it is valid");
    for path in ["/b", "/a"] {
        calls.with([path]).inc();
    }
    let sizes = registry.histogram("size_bytes", "Sizes.", &[0.5, 2.0, 10.0]);
    sizes.expect("it is valid").observe(1.0);
    let open = registry.in_progress("open", "Open.");
    let _ = open.expect("it is valid").get();
    registry
}

// T1. Mutation: the page ends without a line feed.
#[test]
fn lines_end_in_a_line_feed_alone() {
    let page = registry().encode(Format::Text);
    assert!(page.ends_with(b"\n") && !page.contains(&b'\r'));
    assert!(str::from_utf8(&page).is_ok());
}

// T2. Mutation: HELP escapes `"` too.
#[test]
fn help_escapes_backslashes_and_line_feeds_only() {
    let registry = Registry::new();
    let made = registry.counter("a_total", "a\\b\"c\nd\re");
    made.expect("it is valid").inc();
    let help = "# HELP a_total a\\\\b\"c\\nd\re\n";
    assert!(registry.to_text().contains(help));
}

// T3. Mutation: a line feed is escaped as `\r` is in Rust; `\t` is escaped.
#[test]
fn label_values_escape_three_characters_only() {
    let registry = Registry::new();
    let made = registry.counter_family("a_total", "A.", ["l"]);
    let family = made.expect("it is valid");
    family.with(["\\\"\n\r\t\0\u{2028}é"]).inc();
    let line = "\na_total{l=\"\\\\\\\"\\n\r\t\0\u{2028}é\"} 1\n";
    assert!(registry.to_text().contains(line));
}

// T4, T5, T7. Mutation: the header is written for each series.
#[test]
fn a_family_is_one_group_below_one_header() {
    let lines = lines(&registry());
    let at = |start: &str| {
        let found = lines.iter().enumerate();
        let found = found.filter(|(_, line)| line.starts_with(start));
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let [help, kind] = ["# HELP calls_total ", "# TYPE calls_total "].map(at);
    assert_eq!((help.len(), kind.len()), (1, 1));
    assert_eq!(at("calls_total"), [kind[0] + 1, kind[0] + 2]);
}

// T6. Mutation: the kind's own name stands in TYPE.
#[test]
fn in_progress_is_a_gauge() {
    let registry = Registry::new();
    let open = registry.in_progress("open", "Open.").expect("it is valid");
    let _running = open.start();
    let page = Page::parse(registry.to_text()).expect("it is valid");
    let family = page.families().find(|family| family.name == "open");
    assert_eq!(family.map(|family| family.kind), Some(Kind::Gauge));
}

// T8. Mutation: `take_up_rows` takes a row up twice.
#[test]
fn no_series_repeats() {
    let registry = registry();
    let _ = registry.to_text();
    let again = registry.counter_family("calls_total", "Calls.", ["path"]);
    again.expect("it is the same").with(["/c"]).inc();
    let lines = lines(&registry);
    let mut series: Vec<_> = lines.iter().filter(|it| !it.starts_with('#')).collect();
    let all = series.len();
    series.sort();
    series.dedup();
    assert_eq!(series.len(), all);
}

// T9, T10. Mutation: the bucket up to `+Inf` is left out, or comes first.
#[test]
fn buckets_rise_up_to_infinity_which_holds_all() {
    let lines = lines(&registry());
    let samples: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("size_bytes"))
        .collect();
    assert_eq!(
        samples,
        [
            "size_bytes_bucket{le=\"0.5\"} 0",
            "size_bytes_bucket{le=\"2\"} 1",
            "size_bytes_bucket{le=\"10\"} 1",
            "size_bytes_bucket{le=\"+Inf\"} 1",
            "size_bytes_sum 1",
            "size_bytes_count 1",
        ]
    );
}

// T11. Mutation: `inf` for `+Inf`.
#[test]
fn numbers_are_spelt_as_go_reads_them() {
    for (value, text) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        let registry = Registry::new();
        registry.gauge("a", "A.").expect("it is valid").set(value);
        let page = registry.to_text();
        assert!(page.contains(&format!("\na {text}\n")), "{page}");
    }
}

// T12. Mutation: the time of the scrape stands behind each number.
#[test]
fn samples_have_no_timestamps() {
    let page = Page::parse(registry().to_text()).expect("it is valid");
    assert!(page.samples().all(|sample| sample.timestamp.is_none()));
}

// T13. Mutation: `is_identifier` lets a dot pass.
#[test]
fn names_that_need_quotes_are_refused() {
    for name in ["a.b_total", "ä_total", "0_total", "", "a b_total"] {
        assert!(Registry::new().counter(name, "A.").is_err(), "{name}");
    }
}

// T14. Mutation: rows are served as they lie in the table.
#[test]
fn series_stand_in_one_order_whatever_the_order_of_recording() {
    let page = |paths: [&str; 3]| {
        let registry = Registry::new();
        let made = registry.counter_family("calls_total", "Calls.", ["path"]);
        let calls = made.expect("it is valid");
        for path in paths {
            calls.with([path]).inc();
        }
        registry.to_text()
    };
    assert_eq!(page(["a", "b", "c"]), page(["c", "a", "b"]));
}

// T15. Mutation: the text format is written by the encoder of OpenMetrics.
#[test]
fn nothing_of_openmetrics_is_on_the_page() {
    let page = registry().to_text();
    for word in ["# EOF", "# UNIT", "_created", " # {"] {
        assert!(!page.contains(word), "{word}\n{page}");
    }
}
