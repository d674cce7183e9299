use metrics_runtime::counted;

struct Code;

#[counted(name = "runs_total", error = |_| Code)]
fn run() -> Result<(), u8> {
    Err(1)
}

fn main() {}
