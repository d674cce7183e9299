//! What there is below the router.

/// The paths of all endpoints, below where the router is mounted. A new endpoint is
/// added here, and every test of this binary covers it.
pub(crate) const ENDPOINTS: [&str; 9] = [
    "",
    "/",
    "/status",
    "/api",
    "/analytics",
    "/system",
    "/increment",
    "/prometheus-config",
    "/openapi.json",
];
