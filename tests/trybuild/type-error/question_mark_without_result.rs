use metrics_runtime::timed;

#[timed]
fn total(text: &str) -> u64 {
    text.parse::<u64>()?
}

fn main() {}
