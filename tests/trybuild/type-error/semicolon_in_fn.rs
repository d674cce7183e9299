use metrics_runtime::timed;

#[timed]
fn total() -> u64 {
    5;
}

fn main() {}
