//! What scrapers see.

use super::{bound, histogram, read};
use crate::desc::Desc;
use crate::outcome::Outcome;
use crate::record::at;
use crate::{Histogram, Registry};
use std::time::Duration;

#[test]
fn a_quantile_is_within_the_error_of_its_bucket() {
    let even = histogram(1.1, 160);
    for nth in 1..=10_000 {
        even.observe(f64::from(nth));
    }
    let reading = read(&even);
    for (quantile, exact) in [(5_000, 5_000.0), (9_900, 9_900.0)] {
        let mut seen = 0;
        let found = reading.positive.iter().find(|(_, count)| {
            seen += count;
            seen >= quantile
        });
        let (key, _) = found.expect("the quantile exists");
        let (lower, upper) = (bound(3, key - 1), bound(3, *key));
        assert!(lower < exact && exact <= upper);
        assert!(upper / lower < 1.091);
    }
    assert!((reading.sum - 50_005_000.0).abs() < f64::EPSILON);
}

#[test]
fn fixed_bounds_never_count_a_value_too_early() {
    let values = histogram(1.1, 160);
    let expected = [
        (-5.0, 0),
        (0.0, 0),
        (4f64.powi(-5), 0),
        (4f64.powi(-5).next_up(), 1),
        (1.0, 5),
        (1.1, 6),
        (4.0, 6),
        (4f64.powi(15), 20),
        (1e300, 21),
    ];
    let mut counts = vec![0; 22];
    for (value, bucket) in expected {
        values.observe(value);
        counts[bucket] += 1;
        assert_eq!(values.snapshot().buckets, counts, "{value}");
    }
    let coarse = histogram(65_536.0, 160);
    coarse.observe(2.0);
    // Its bucket reaches to 65,536, which is 4^8.
    assert_eq!(coarse.snapshot().buckets[13], 1);
}

#[test]
fn a_family_is_on_the_page_with_fixed_bounds() {
    const WAIT: Desc = Desc::duration("wait_seconds", "Waits.", &["queue"])
        .by_outcome()
        .native(1.1, 160);
    let registry = Registry::new();
    let family = registry.builtin(&WAIT);
    let histogram: Histogram = at(&family, &["a"], Outcome::Ok);
    histogram.observe_duration(Duration::from_millis(3));
    histogram.observe(0.25);
    histogram.observe(100.0);
    let page = registry.to_text();
    for line in [
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.001953125"} 0"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.00390625"} 1"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="0.25"} 2"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="64"} 2"#,
        r#"wait_seconds_bucket{queue="a",outcome="ok",le="+Inf"} 3"#,
        r#"wait_seconds_sum{queue="a",outcome="ok"} 100.253"#,
        r#"wait_seconds_count{queue="a",outcome="ok"} 3"#,
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    assert_eq!(read(&histogram).positive, [(-67, 1), (-16, 1), (54, 1)]);
}

#[test]
fn the_fine_buckets_of_a_dense_family_are_its_own() {
    const SIZES: Desc = Desc::histogram("sizes", "Sizes.", &["kind"])
        .closed(&[&["a", "b", "c"]])
        .native(2.0, 160);
    let registry = Registry::new();
    let family = registry.builtin(&SIZES);
    for (kind, times) in [("a", 1), ("c", 3)] {
        let series: Histogram = at(&family, &[kind], Outcome::Ok);
        (0..times).for_each(|_| series.observe(7.0));
    }
    let counts = ["a", "b", "c"].map(|kind| {
        let series: Histogram = at(&family, &[kind], Outcome::Ok);
        read(&series).count
    });
    assert_eq!(counts, [1, 0, 3]);
}
