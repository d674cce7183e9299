use metrics_runtime::health_check;

#[health_check(grup = "readiness")]
fn queue() {}

fn main() {
    queue();
}
