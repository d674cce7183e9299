use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[unit(dollars)]
    pub fn order_value_dollars() -> Histogram;
}

fn main() {}
