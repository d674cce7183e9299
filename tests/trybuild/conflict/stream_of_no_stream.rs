use metrics_runtime::timed;

#[timed(stream)]
fn run() -> Vec<u8> {
    Vec::new()
}

fn main() {}
