use metrics_runtime::counted;

#[counted(name = "runs_total", error, labels(error = 1))]
fn run() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
