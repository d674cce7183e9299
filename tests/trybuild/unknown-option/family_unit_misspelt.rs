use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Waits.
    #[unit(second)]
    pub fn wait_seconds() -> Histogram;
}

fn main() {}
