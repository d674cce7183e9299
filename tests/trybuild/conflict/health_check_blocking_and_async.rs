use metrics_runtime::health_check;

#[health_check(blocking)]
async fn queue() {}

fn main() {
    drop(queue());
}
