use metrics_runtime::counted;

#[counted(name = "runs_total", error)]
fn run() -> impl Fn() -> u8 {
    || 1
}

fn main() {}
