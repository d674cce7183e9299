use metrics_runtime::timed;

#[timed]
async fn total() {
    5_u64
}

fn main() {}
