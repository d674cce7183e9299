use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Orders.
    #[cap("many")]
    pub fn orders_total(user: &str) -> Counter;
}

fn main() {}
