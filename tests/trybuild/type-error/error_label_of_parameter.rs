use metrics_runtime::ErrorLabel;

#[derive(ErrorLabel)]
#[label(transparent)]
struct Retried<E>(E);

fn label<E: std::error::Error>(retried: &Retried<E>) -> &'static str {
    retried.error_label()
}

fn main() {}
