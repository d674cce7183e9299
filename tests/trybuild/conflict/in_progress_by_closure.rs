use metrics_runtime::in_progress;

#[in_progress(name = "runs_in_progress", labels(size = |ret| ret.len()))]
fn run() -> String {
    String::new()
}

fn main() {}
