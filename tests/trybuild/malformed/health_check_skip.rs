use metrics_runtime::health_check;

#[health_check(skip)]
fn queue() {}

fn main() {
    queue();
}
