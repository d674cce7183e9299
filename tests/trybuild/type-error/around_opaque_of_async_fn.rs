use metrics_runtime::timed;

#[timed]
async fn total() -> Option<impl std::fmt::Display> {
    "five"
}

fn main() {}
