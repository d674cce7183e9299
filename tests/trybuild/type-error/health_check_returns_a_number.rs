use metrics_runtime::health_check;

#[health_check]
async fn queue() -> u32 {
    7
}

fn main() {
    drop(queue());
}
