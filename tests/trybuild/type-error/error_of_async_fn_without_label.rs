use metrics_runtime::timed;

enum Refused {}

#[timed(name = "runs_seconds", error)]
async fn run() -> Result<(), Refused> {
    Ok(())
}

fn main() {}
