use metrics_runtime::timed;

#[timed]
async fn total(text: &str) -> Result<u64, std::fmt::Error> {
    let price: u64 = text.parse()?;
    Ok(price)
}

fn main() {}
