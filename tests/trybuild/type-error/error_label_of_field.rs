use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
enum CheckoutError {
    #[label(transparent)]
    Price(std::num::ParseIntError),
}

fn main() {}
