use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Waits.
    #[unit(milliseconds)]
    pub fn wait_seconds() -> Histogram;
}

fn main() {}
