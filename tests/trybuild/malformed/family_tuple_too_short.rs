use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    pub fn orders_total((paid, sent): (bool, bool, bool)) -> Counter;
}

fn main() {}
