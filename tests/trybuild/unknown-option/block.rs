use metrics_runtime::block;

fn main() {
    let _ = block::timed!("render", bucket = [1.0], { 1 + 1 });
}
