use metrics_runtime::LabelValue;

#[derive(LabelValue)]
enum Method {
    Card(String),
}

fn main() {}
