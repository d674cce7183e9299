use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Waits.
    #[unit(seconds)]
    #[unit(seconds)]
    pub fn wait_seconds() -> Histogram;
}

fn main() {}
