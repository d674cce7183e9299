use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[cap(10)]
    pub fn orders_total() -> Counter;
}

fn main() {}
