use metrics_runtime::timed;
use std::future::Future;
use std::pin::Pin;

#[timed]
fn total(free: bool) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        if free { return "nothing"; }
        5
    })
}

fn main() {}
