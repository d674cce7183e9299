use metrics_runtime::health_check;

#[health_check(critical = "no")]
fn queue() {}

fn main() {
    queue();
}
