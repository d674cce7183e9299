use metrics_runtime::counted;

#[counted(outcome = |ret| *ret > 1)]
fn run() -> u8 {
    1
}

fn main() {}
