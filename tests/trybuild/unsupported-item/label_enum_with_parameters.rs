use metrics_runtime::LabelValue;

#[derive(LabelValue)]
enum Method<const N: usize> {
    Card,
}

fn main() {}
