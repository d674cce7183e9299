//! What a registry takes on the heap, cells aside: the formula of its
//! documentation, and that serving a page takes little more than the page.
//!
//! `METRICS_PROVE` asks for a million label values instead of a hundred thousand.

mod allocator;
mod query;

use allocator::counted;
use metrics_runtime::{DEFAULT_BUCKETS, Histogram, Registry};
use std::env;
use std::sync::OnceLock;

const LABELS: [&str; 3] = ["method", "path", "status"];

/// Three values of 12 bytes.
fn values(series: usize) -> [String; 3] {
    [series, series * 7 % 10, series * 3].map(|value| format!("{value:012}"))
}

/// Makes counters, or histograms of 20 observations, and records into them.
fn fill(registry: &Registry, families: usize, series: usize, histograms: bool) {
    for family in 0..families {
        let name = format!("bench_family_{family}");
        let help = "A family of a benchmark.";
        if histograms {
            let name = name + "_seconds";
            let family = registry.histogram_family(&name, help, LABELS, DEFAULT_BUCKETS);
            let family = family.expect("the name is valid");
            for series in 0..series {
                let [a, b, c] = values(series);
                let histogram = family.with([&a, &b, &c]);
                (0_u8..20).for_each(|n| histogram.observe(f64::from(n) * 0.07));
            }
        } else {
            let family = registry.counter_family(&(name + "_total"), help, LABELS);
            let family = family.expect("the name is valid");
            for series in 0..series {
                let [a, b, c] = values(series);
                family.with([&a, &b, &c]).inc_by(1 + 131 * series as u64);
            }
        }
    }
}

/// The formula in the documentation of `Registry`.
fn formula(families: usize, series: usize, histograms: bool) -> usize {
    let labels: usize = LABELS.iter().map(|label| label.len() + 12 + 4).sum();
    let buckets = DEFAULT_BUCKETS.len() + 1;
    let (family, series_of_it) = if histograms {
        (700 + 80 * buckets, 67 + labels + 24 + 8 * buckets)
    } else {
        (700, 67 + labels)
    };
    4_000 + families * (family + series * series_of_it)
}

/// Records far up in the index space, so that the thread's table of cells, which
/// isn't counted here, is long enough for the cells of all tests.
fn warm_up() {
    static FAR: OnceLock<Histogram> = OnceLock::new();
    let far = FAR.get_or_init(|| {
        let registry = Registry::new();
        let bounds: Vec<f64> = (0_u8..100).map(f64::from).collect();
        for (family, series) in [(0, 2_000), (1, 2_000), (2, 100)] {
            let name = format!("warm_{family}");
            let family = registry.histogram_family(&name, "Warm.", ["a"], &bounds);
            let family = family.expect("the name is valid");
            for series in 0..series {
                let _ = family.with([&format!("{series}")]);
            }
        }
        let last = registry.histogram("warm", "Warm.", &bounds);
        last.expect("the name is valid")
    });
    far.observe(1.0);
}

/// Fills a registry, serves its page twice, and holds both to what is promised.
fn hold(families: usize, series: usize, histograms: bool) {
    warm_up();
    let what = format!("{families} × {series}, histograms: {histograms}");
    let registry = Registry::new();
    let ((), filled) = counted(|| fill(&registry, families, series, histograms));
    let mut page = Vec::new();
    let ((), first) = counted(|| registry.encode_into(&mut page));
    let bytes = page.len();
    let ((), second) = counted(|| {
        page.clear();
        registry.encode_into(&mut page);
    });
    assert_eq!(page.len(), bytes, "{what}");
    assert_eq!(second.calls, 0, "{what}: {second:?}");
    // What the registry keeps for the next page isn't the page's.
    let kept = first.live - page.capacity();
    let most = (first.peak - kept) * 10;
    assert!(most <= bytes * 11, "{what}: {first:?} for {bytes}");

    let live = filled.live + kept;
    let total = families * series;
    let expected = formula(families, series, histograms);
    println!(
        "{what}: {} bytes a series, {} by the formula; a page of {bytes} bytes, at most {}, {kept} kept",
        live / total,
        expected / total,
        first.peak,
    );
    assert!(
        live.abs_diff(expected) * 10 <= live,
        "{what}: {live} not {expected}"
    );
    let most = if histograms { 300 } else { 150 };
    assert!(live / total <= most, "{what}: {} a series", live / total);

    let (text, again) = counted(|| registry.to_text());
    assert_eq!(text.into_bytes(), page);
    assert!(
        again.peak * 10 <= bytes * 11,
        "{what}: {again:?} for {bytes}"
    );
}

// Mutations: rows keep their values a second time; the page isn't measured
// before its first bytes are written; the plan isn't kept.
#[test]
fn counters_take_what_the_formula_says() {
    hold(10, 100, false);
    hold(100, 100, false);
    hold(50, 2_000, false);
}

#[test]
fn histograms_take_what_the_formula_says() {
    hold(10, 100, true);
    hold(5, 2_000, true);
}

#[test]
fn a_million_values_take_bounded_memory() {
    const CAP: usize = 2_000;
    let many: u64 = if env::var_os("METRICS_PROVE").is_some() {
        1_000_000
    } else {
        100_000
    };
    let registry = Registry::new();
    let logins = registry.counter_family("logins_total", "Logins.", ["user"]);
    let logins = logins.expect("the name is valid");
    warm_up();
    let ((), heap) = counted(|| {
        for value in 0..many {
            logins.with([&format!("user-{value}")]).inc();
        }
    });
    let (text, page) = counted(|| registry.to_text());
    assert!(heap.peak + page.peak <= 16 << 20, "{heap:?} {page:?}");

    let counts = text
        .lines()
        .filter_map(|line| line.strip_prefix("logins_total{"));
    let counts = counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    let counts: Vec<u64> = counts.collect();
    assert_eq!(counts.len(), CAP + 1);
    assert_eq!(counts.iter().sum::<u64>(), many);
    let overflow = format!(
        "metrics_series_overflow_total{{family=\"logins_total\"}} {}\n",
        many - CAP as u64
    );
    assert!(text.contains(&overflow), "{text}");
}
