use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Sizes.
    #[buckets(native, 1.0)]
    pub fn size_bytes() -> Histogram;
}

fn main() {}
