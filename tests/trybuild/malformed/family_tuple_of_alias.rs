use metrics_runtime::metrics;

#[metrics]
mod shop {
    type Both = (bool, bool);
    /// Orders.
    pub fn orders_total((paid, sent): Both) -> Counter;
}

fn main() {}
