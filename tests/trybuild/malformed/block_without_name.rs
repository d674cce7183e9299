use metrics_runtime::block;

fn main() {
    let _ = block::timed!({ 1 + 1 });
}
