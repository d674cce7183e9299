use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
enum CheckoutError {
    #[label(transparent)]
    Io(std::io::Error, String),
}

fn main() {}
