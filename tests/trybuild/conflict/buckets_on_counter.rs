use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[buckets(1.0, 2.0)]
    pub fn orders_total() -> Counter;
}

fn main() {}
