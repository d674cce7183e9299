use metrics_runtime::timed;

#[timed]
fn total() -> Result<Price, ()> {
    Err(())
}

fn main() {}
