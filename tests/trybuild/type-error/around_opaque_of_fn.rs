use metrics_runtime::timed;

#[timed]
fn total() -> Option<impl std::fmt::Display> {
    "five"
}

fn main() {}
