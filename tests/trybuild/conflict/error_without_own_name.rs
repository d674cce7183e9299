use metrics_runtime::timed;

#[timed(error)]
fn run() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
