use metrics_runtime::health_check;

#[health_check]
fn queue<T>() {}

fn main() {
    queue::<u8>();
}
