use metrics_runtime::timed;

#[timed]
fn total(free: bool) -> u64 {
    if free {
        return "nothing";
    }
    5
}

fn main() {}
