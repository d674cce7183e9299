use metrics_runtime::counted;

#[counted(name = "runs_total", labels(size = |ret| 1))]
fn run() -> ! {
    loop {}
}

fn main() {}
