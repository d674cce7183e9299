#[health_check(group = "readiness", timeout = "500ms", interval = "30s")]
async fn database() -> Result<(), Error> {
    ping().await
}
