use metrics_runtime::LabelValue;

#[derive(LabelValue)]
enum Method {
    #[label(card)]
    Card,
}

fn main() {}
