use metrics_runtime::counted;

#[counted(name = "checkouts_total" help = "Checkouts.")]
fn checkout() {}

fn main() {}
