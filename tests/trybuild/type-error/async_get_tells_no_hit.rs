use metrics_runtime::track_cache;

#[track_cache(get, cache = "users")]
async fn get() -> Result<Vec<u8>, String> {
    Ok(Vec::new())
}

fn main() {}
