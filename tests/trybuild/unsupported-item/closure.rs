use metrics_runtime::timed;

fn main() {
    let checkout = #[timed]
    || true;
    assert!(checkout);
}
