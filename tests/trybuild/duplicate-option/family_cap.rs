use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[cap(10)]
    #[cap(20)]
    pub fn orders_total(user: &str) -> Counter;
}

fn main() {}
