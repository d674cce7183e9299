use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
#[label("checkout")]
enum CheckoutError {
    Empty,
}

fn main() {}
