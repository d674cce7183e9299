use metrics_runtime::timed;
use std::future::Future;
use std::pin::Pin;

#[timed]
fn total() -> Pin<Box<dyn Future<Output = Price>>> {
    Box::pin(async move { 5 })
}

fn main() {}
