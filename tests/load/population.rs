//! What a service of some size has recorded: some four thousand samples.

use metrics_runtime::{DEFAULT_BUCKETS, Registry};

/// Fills a registry.
pub(crate) fn fill(registry: &Registry) {
    let labels = ["method", "endpoint", "status"];
    for family in 0_u64..20 {
        let name = format!("service_{family}_requests_total");
        let family = registry.counter_family(&name, "Requests by what was asked.", labels);
        let family = family.expect("the name is valid");
        for series in 0_u64..100 {
            let endpoint = format!("/api/v1/resources/{{id}}/part-{}", series / 10);
            let status = (200 + series % 10 * 30).to_string();
            family
                .with(["GET", &endpoint, &status])
                .inc_by(series * 7_919 + 1);
        }
    }
    let buckets = DEFAULT_BUCKETS;
    let help = "Time in seconds by operation.";
    for family in 0..5 {
        let name = format!("service_{family}_duration_seconds");
        let family = registry.histogram_family(&name, help, ["operation"], buckets);
        let family = family.expect("the name is valid");
        for series in 0_u32..30 {
            let histogram = family.with([&format!("operation-{series}")]);
            for observation in 0..20 {
                histogram.observe(f64::from(series * observation) * 0.003);
            }
        }
    }
}
