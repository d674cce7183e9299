use metrics_runtime::timed;
use std::future::Future;

#[timed]
fn total(price: u64) -> impl Future<Output = u64> {
    async move {
        drop(price);
        "five"
    }
}

fn main() {}
