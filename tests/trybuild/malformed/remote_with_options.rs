use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[remote(true)]
    pub fn orders_total() -> Counter;
}

fn main() {}
