use metrics_runtime::LabelValue;

#[derive(LabelValue)]
#[label(rename = "kebab-case")]
enum Method {
    Card,
}

fn main() {}
