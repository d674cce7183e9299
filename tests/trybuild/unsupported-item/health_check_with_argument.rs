use metrics_runtime::health_check;

#[health_check]
fn queue(_most: usize) {}

fn main() {
    queue(1);
}
