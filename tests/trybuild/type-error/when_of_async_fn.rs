use metrics_runtime::counted;

#[counted(when = text.len())]
async fn run(text: &str) {}

fn main() {}
