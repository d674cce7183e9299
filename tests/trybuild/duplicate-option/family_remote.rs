use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[remote]
    #[remote]
    pub fn orders_total() -> Counter;
}

fn main() {}
