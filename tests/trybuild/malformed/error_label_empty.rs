use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
enum CheckoutError {
    #[label("")]
    Empty,
}

fn main() {}
