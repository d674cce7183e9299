use metrics_runtime::LabelValue;

#[derive(LabelValue)]
enum Method {}

fn main() {}
