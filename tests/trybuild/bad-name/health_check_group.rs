use metrics_runtime::health_check;

#[health_check(group = "a/b")]
async fn queue() {}

fn main() {
    drop(queue());
}
