use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    pub fn orders_total(both: (bool, bool)) -> Counter;
}

fn main() {}
