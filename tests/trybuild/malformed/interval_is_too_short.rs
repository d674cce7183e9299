use metrics_runtime::health_check;

#[health_check(interval = "1ns")]
fn queue() {}

fn main() {
    queue();
}
