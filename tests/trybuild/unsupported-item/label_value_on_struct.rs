use metrics_runtime::LabelValue;

#[derive(LabelValue)]
struct Method;

fn main() {}
