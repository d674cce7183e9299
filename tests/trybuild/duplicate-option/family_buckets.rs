use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Sizes.
    #[buckets(1.0)]
    #[buckets(2.0)]
    pub fn size_bytes() -> Histogram;
}

fn main() {}
