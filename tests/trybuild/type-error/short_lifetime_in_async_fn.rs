use metrics_runtime::timed;

#[timed]
async fn longer<'a>(name: &'a str, other: &str) -> &'a str {
    if name.is_empty() { other } else { name }
}

fn main() {}
