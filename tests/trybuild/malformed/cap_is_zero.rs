use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[cap(0)]
    pub fn orders_total(user: &str) -> Counter;
}

fn main() {}
