use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    pub fn orders_total(_: bool) -> Counter;
}

fn main() {}
