//! Families at their limits.

use metrics_runtime::{Registry, counted, timed};

use crate::driver::page;

const OVERFLOW: &str = "__overflow__";

static FULL: Registry = Registry::new();

#[counted(name = "visits_total", help = "Visits.", labels(id = id), registry = FULL)]
fn visit(id: u32) -> Result<(), ()> {
    if id.is_multiple_of(2) {
        Ok(())
    } else {
        Err(())
    }
}

#[test]
fn what_comes_past_two_thousand_series_is_counted_in_one() {
    for id in 0..2_100 {
        let _ = visit(id);
    }
    // A series that is there stays its own.
    let _ = visit(0);
    let page = page(&FULL);
    assert_eq!(
        page.sum("visits_total", &[]),
        Some(2_101.0),
        "nothing is lost"
    );
    assert_eq!(
        page.value("visits_total", &[("id", "0"), ("outcome", "ok")]),
        Some(2.0)
    );
    assert_eq!(
        page.value("visits_total", &[("id", "1999"), ("outcome", "error")]),
        Some(1.0)
    );
    assert_eq!(page.sum("visits_total", &[("id", "2000")]), None);
    let overflow = [("id", OVERFLOW), ("outcome", OVERFLOW)];
    assert_eq!(page.value("visits_total", &overflow), Some(100.0));
    let series = page
        .samples()
        .filter(|sample| sample.name == "visits_total");
    assert_eq!(series.count(), 2_001);
    let family = [("family", "visits_total")];
    assert_eq!(
        page.value("metrics_series_overflow_total", &family),
        Some(100.0)
    );
}

static LONG: Registry = Registry::new();

#[timed(name = "reads_seconds", help = "Reads.", labels(path = path, kind = 1), registry = LONG)]
async fn read(path: String) -> usize {
    path.len()
}

// Fails when the limit is one byte lower.
#[tokio::test]
async fn a_value_over_one_kibibyte_is_counted_in_the_overflow_series() {
    let longest = "x".repeat(1_024);
    for length in [1_024, 1_025, 100_000, 1_024] {
        assert_eq!(read("x".repeat(length)).await, length);
    }
    let page = page(&LONG);
    let name = "reads_seconds_count";
    let own = [("path", longest.as_str()), ("kind", "1"), ("outcome", "ok")];
    assert_eq!(page.value(name, &own), Some(2.0));
    let overflow = [
        ("path", OVERFLOW),
        ("kind", OVERFLOW),
        ("outcome", OVERFLOW),
    ];
    assert_eq!(page.value(name, &overflow), Some(2.0));
    assert_eq!(page.sum(name, &[]), Some(4.0));
    let family = [("family", "reads_seconds")];
    assert_eq!(
        page.value("metrics_series_overflow_total", &family),
        Some(2.0)
    );
}

static NAMED: Registry = Registry::new();

// Mutation: the values of the overflow series get a series of their own.
#[test]
fn the_overflow_series_asked_for_by_name_is_on_the_page_once() {
    let depth = NAMED
        .gauge_family("depth", "Depth.", ["queue"])
        .expect("the description is valid");
    depth.with(["__overflow__"]).inc();
    depth.with(["x".repeat(2_000).as_str()]).inc();
    // Reading the page fails where a series is given twice.
    let value = page(&NAMED).value("depth", &[("queue", "__overflow__")]);
    assert_eq!(value, Some(2.0));
}
