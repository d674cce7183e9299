use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    pub async fn orders_total() -> Counter;
}

fn main() {}
