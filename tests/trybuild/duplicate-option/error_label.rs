use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
enum CheckoutError {
    #[label("io")]
    #[label(transparent)]
    Io(std::io::Error),
}

fn main() {}
