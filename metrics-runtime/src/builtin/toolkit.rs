//! Families of the toolkit about itself; each registry has its own.

use crate::desc::Desc;

/// Call sites that record nowhere because another one declares their family
/// differently.
pub(crate) static CONFLICTS: Desc = Desc::counter(
    "metrics_conflicts_total",
    "Call sites that record nowhere because another declares their family differently.",
    &[],
)
.about_itself();

/// Exemplars that were refused.
#[cfg(feature = "exemplars")]
pub(crate) static DROPPED_EXEMPLARS: Desc = Desc::counter(
    "metrics_dropped_exemplars_total",
    "Exemplars that were refused, by reason.",
    &["reason"],
)
.about_itself();

/// Whether collectors did what they should.
pub(crate) static COLLECTOR_SUCCESS: Desc = Desc::gauge(
    "metrics_collector_success",
    "Whether the collector gave its families when the page was made.",
    &["collector"],
)
.about_itself();

/// Observations that were refused.
pub(crate) static DROPPED_OBSERVATIONS: Desc = Desc::counter(
    "metrics_dropped_observations_total",
    "Observations that were refused, by reason.",
    &["reason"],
)
.about_itself();

/// What went to overflow series.
pub(crate) static SERIES_OVERFLOW: Desc = Desc::counter(
    "metrics_series_overflow_total",
    "Recordings that went to the overflow series of a family at its limit.",
    &["family"],
)
.about_itself();
