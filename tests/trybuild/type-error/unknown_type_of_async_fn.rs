use metrics_runtime::timed;

#[timed]
async fn total() -> Result<Price, ()> {
    Err(())
}

fn main() {}
