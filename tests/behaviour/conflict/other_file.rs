//! A site whose file comes last and whose line comes first.

use metrics_runtime::counted;

#[counted(name = "jobs_total", help = "Of the other file.", registry = super::FILES)]
pub(super) fn of_other_file() {}
