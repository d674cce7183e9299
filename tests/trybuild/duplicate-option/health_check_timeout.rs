use metrics_runtime::health_check;

#[health_check(timeout = "1s", timeout = "2s")]
fn queue() {}

fn main() {
    queue();
}
