use metrics_runtime::metrics;

#[metrics]
mod shop {
    pub fn orders_total() -> Counter;
}

fn main() {}
