use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    pub fn open_orders_total() -> Gauge;
}

fn main() {}
