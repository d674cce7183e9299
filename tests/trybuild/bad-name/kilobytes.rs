use metrics_runtime::counted;

#[counted(name = "sent_kilobytes_total")]
fn checkout() {}

fn main() {}
