use metrics_runtime::metrics;

pub type Place = &'static str;

#[metrics]
mod shop {
    /// Orders.
    #[remote]
    #[cap(10)]
    pub fn orders_total(place: Place) -> Counter;
}

fn main() {}
