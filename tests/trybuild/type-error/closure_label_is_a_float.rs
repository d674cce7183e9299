use metrics_runtime::counted;

#[counted(name = "runs_total", labels(size = |ret| *ret))]
async fn run() -> f64 {
    1.0
}

fn main() {}
