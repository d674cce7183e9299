use metrics_runtime::health_check;

#[health_check]
unsafe fn queue() {}

fn main() {
    let _ = queue as unsafe fn();
}
