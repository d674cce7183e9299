use metrics_runtime::timed;
use std::future::Future;
use std::pin::Pin;

#[timed]
fn total(text: String) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        text.parse::<u64>()?
    })
}

fn main() {}
