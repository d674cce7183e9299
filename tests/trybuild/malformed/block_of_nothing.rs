use metrics_runtime::block;

fn main() {
    block::timed!("render");
}
