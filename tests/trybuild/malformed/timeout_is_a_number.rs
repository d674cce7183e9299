use metrics_runtime::health_check;

#[health_check(timeout = 1)]
fn queue() {}

fn main() {
    queue();
}
