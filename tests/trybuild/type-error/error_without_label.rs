use metrics_runtime::counted;

struct Refused;

#[counted(name = "runs_total", error)]
fn run() -> Result<(), Refused> {
    Err(Refused)
}

fn main() {}
