use metrics_runtime::timed;
use std::future::Future;
use std::pin::Pin;

#[timed]
fn total(price: u64) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        drop(price);
        "five"
    })
}

fn main() {}
