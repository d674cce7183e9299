use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[remote]
    pub fn orders() -> InProgress;
}

fn main() {}
