use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
#[label(rename_all = "UPPERCASE")]
struct CheckoutError;

fn main() {}
