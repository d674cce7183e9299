use metrics_runtime::counted;

struct Kind;

#[counted(name = "runs_total", labels(kind = |ret| ret.0))]
fn run() -> (Kind,) {
    (Kind,)
}

fn main() {}
