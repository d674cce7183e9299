use metrics_runtime::counted;

#[counted(name = "runs_total", error)]
fn run() -> Option<u8> {
    None
}

fn main() {}
