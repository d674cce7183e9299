//! How checks do, all together.

use super::{HealthStatus, ServiceStatus};
use serde::Serialize;
use serde_json::{Map, Value};

/// How the program and its checks do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthSummary {
    /// How the program does.
    pub status: ServiceStatus,
    /// The checks, by name.
    pub checks: Vec<CheckSummary>,
}

impl HealthSummary {
    pub(super) const fn of_nothing() -> Self {
        Self {
            status: ServiceStatus::Up,
            checks: Vec::new(),
        }
    }
}

/// How one check does, by its latest run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckSummary {
    /// Its name.
    pub name: String,
    /// How it does.
    pub status: HealthStatus,
    /// Whether the program is down when it is.
    pub critical: bool,
    /// The groups that it is in.
    pub groups: Vec<String>,
    /// How long its latest run took.
    pub duration_seconds: f64,
    /// What it says of its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Further values.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}
