//! What the page says of a cache.

use std::collections::BTreeMap;

use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry};

/// The toolkit on a registry of the test's own.
pub(crate) fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

/// What the page says of the cache `c`, without zeros, buckets and sums.
pub(crate) fn seen(metrics: &Metrics) -> BTreeMap<String, u64> {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let samples = page.lines().filter_map(|line| {
        let (name, rest) = line.split_once("{cache=\"c\"")?;
        let (labels, value) = rest.rsplit_once("} ")?;
        let name = name.strip_prefix("cache_")?;
        let name = name.strip_suffix("_total").unwrap_or(name);
        let is_count = !name.ends_with("_sum") && !name.ends_with("_bucket");
        let name = name.strip_suffix("_duration_seconds_count").unwrap_or(name);
        let label = labels.rsplit_once("=\"").map_or("", |(_, value)| value);
        let name = format!("{name} {}", label.trim_end_matches('"'));
        let value = value.parse().ok()?;
        is_count.then(|| (name.trim_end().to_owned(), value))
    });
    samples.filter(|(_, value)| *value > 0).collect()
}

/// Counts by name, without zeros.
pub(crate) fn counts<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}
