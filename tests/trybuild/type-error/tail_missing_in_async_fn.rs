use metrics_runtime::timed;

#[timed]
async fn total() -> u64 {
    let _price = 5_u64;
}

fn main() {}
