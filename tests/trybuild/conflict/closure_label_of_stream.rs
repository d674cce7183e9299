use futures_core::Stream;
use metrics_runtime::counted;

#[counted(name = "runs_total", labels(size = |ret| *ret))]
fn run(items: impl Stream<Item = u8>) -> impl Stream<Item = u8> {
    items
}

fn main() {}
