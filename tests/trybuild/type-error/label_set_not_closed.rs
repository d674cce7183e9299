use metrics_runtime::metrics;

pub enum Method {
    Card,
}

#[metrics]
mod shop {
    /// Orders.
    pub fn orders_total(method: Method) -> Counter;
}

fn main() {}
