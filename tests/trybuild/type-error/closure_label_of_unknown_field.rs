use metrics_runtime::counted;

#[counted(name = "runs_total", labels(size = |ret| ret.wingspan()))]
fn run() -> u8 {
    1
}

fn main() {}
