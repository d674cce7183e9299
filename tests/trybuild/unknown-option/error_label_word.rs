use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
enum CheckoutError {
    #[label(skip)]
    Empty,
}

fn main() {}
