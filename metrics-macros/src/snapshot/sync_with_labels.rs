#[counted(name = "logins_total", help = "Logins by method.", labels(method = method.as_str(), module))]
fn log_in(method: Method) -> Result<Session, AuthError> {
    open(method)
}
