use metrics_runtime::counted;

#[counted(name = "runs_total", error = |_| "failed")]
fn run() -> u8 {
    1
}

fn main() {}
