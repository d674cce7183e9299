use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Sizes.
    #[buckets(linear(1.0))]
    pub fn size_bytes() -> Histogram;
}

fn main() {}
