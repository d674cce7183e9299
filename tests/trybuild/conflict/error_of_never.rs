use metrics_runtime::counted;

#[counted(name = "runs_total", error)]
fn run() -> ! {
    loop {}
}

fn main() {}
