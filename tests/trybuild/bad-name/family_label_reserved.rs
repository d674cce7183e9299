use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Sizes.
    pub fn size_bytes(le: bool) -> Histogram;
}

fn main() {}
