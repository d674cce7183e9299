//! What the shop's owner asks for.

use metrics_runtime::metrics;

#[metrics]
pub(crate) mod business {
    /// Value of an order in dollars.
    #[buckets(native)]
    pub(crate) fn order_value_dollars() -> Histogram;
}
