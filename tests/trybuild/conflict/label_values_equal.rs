use metrics_runtime::LabelValue;

#[derive(LabelValue)]
enum Method {
    Card,
    #[label("card")]
    CreditCard,
}

fn main() {}
