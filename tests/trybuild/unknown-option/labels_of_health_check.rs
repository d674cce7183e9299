use metrics_runtime::health_check;

#[health_check(labels(queue = "mail"))]
fn queue() {}

fn main() {
    queue();
}
