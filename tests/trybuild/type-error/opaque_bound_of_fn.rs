use metrics_runtime::timed;

#[timed]
fn total() -> impl std::fmt::Display {
    ("five",)
}

fn main() {}
