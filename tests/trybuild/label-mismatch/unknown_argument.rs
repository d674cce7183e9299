use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(kind = kidn))]
fn checkout(kind: &str) -> &str {
    kind
}

fn main() {}
