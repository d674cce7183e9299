use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
union CheckoutError {
    code: u32,
}

fn main() {}
