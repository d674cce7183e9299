use metrics_runtime::timed;

#[timed]
fn total() {
    5_u64
}

fn main() {}
