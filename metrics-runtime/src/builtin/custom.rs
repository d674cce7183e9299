//! Families for events that other programs send, by `POST /increment`.

use super::Lazy;
use crate::desc::Desc;
use crate::record::at;
use crate::{Counter, Gauge, Outcome};

#[doc(hidden)]
pub static CUSTOM_METRIC_TOTAL: Desc = Desc::counter(
    "custom_metric_total",
    "Events that other programs have sent, by type and action.",
    &["type", "action"],
)
.remote(&[None, None]);

#[doc(hidden)]
pub static CUSTOM_METRIC_CURRENT: Desc = Desc::gauge(
    "custom_metric_current",
    "What other programs say that there is, by type.",
    &["type"],
)
.remote(&[None]);

/// Events that other programs have sent, by type and action.
///
/// Returns the series of the [global registry](crate::global) with
/// these label values, for code that records by hand.
pub fn custom_metric_total(r#type: &str, action: &str) -> Counter {
    static FAMILY: Lazy = Lazy::new();
    at(
        FAMILY.get(&CUSTOM_METRIC_TOTAL),
        &[r#type, action],
        Outcome::Ok,
    )
}

/// What other programs say that there is, by type.
///
/// Returns the series of the [global registry](crate::global) with
/// these label values, for code that records by hand.
pub fn custom_metric_current(r#type: &str) -> Gauge {
    static FAMILY: Lazy = Lazy::new();
    at(FAMILY.get(&CUSTOM_METRIC_CURRENT), &[r#type], Outcome::Ok)
}
