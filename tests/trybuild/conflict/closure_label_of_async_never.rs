use metrics_runtime::counted;

#[counted(name = "runs_total", labels(size = |ret| 1))]
async fn run() -> ! {
    loop {}
}

fn main() {}
