use metrics_runtime::LabelValue;

#[derive(LabelValue)]
#[label(rename_all = "kebab")]
enum Method {
    Card,
}

fn main() {}
