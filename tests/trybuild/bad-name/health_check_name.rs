use metrics_runtime::health_check;

#[health_check(name = "the queue")]
fn queue() {}

fn main() {
    queue();
}
