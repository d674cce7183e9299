use metrics_runtime::timed;

#[timed]
async fn total() -> u64 {
    let price = Default::default();
    5
}

fn main() {}
