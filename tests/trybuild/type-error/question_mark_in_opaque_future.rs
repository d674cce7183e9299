use metrics_runtime::timed;
use std::future::Future;

#[timed]
fn total(text: String) -> impl Future<Output = u64> {
    async move {
        text.parse::<u64>()?
    }
}

fn main() {}
