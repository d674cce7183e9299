use metrics_runtime::counted;

#[counted(name = "calls_total", error =)]
fn run() -> Result<(), u8> {
    Ok(())
}

fn main() {}
