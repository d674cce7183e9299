use metrics_runtime::LabelValue;

#[derive(LabelValue)]
#[label(rename_all = "snakecase")]
enum Method {
    Card,
}

fn main() {}
