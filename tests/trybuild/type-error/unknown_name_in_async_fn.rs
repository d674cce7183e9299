use metrics_runtime::timed;

#[timed]
async fn total() -> u64 {
    price + 5
}

fn main() {}
