//! The payment provider, played by the shop itself: the card decides what happens.

use std::time::Duration;

use metrics_runtime::{ErrorLabel, counted, in_progress, timed};
use thiserror::Error;
use tokio::time;

/// Is charged after the provider's usual delay.
pub(crate) const GOOD_CARD: &str = "4242424242424242";
/// Is declined.
pub(crate) const DECLINED_CARD: &str = "4000000000000002";
/// Finds the provider out of order.
pub(crate) const UNAVAILABLE_CARD: &str = "4000000000000119";
/// Gets no answer, until either side loses patience.
pub(crate) const STALLING_CARD: &str = "4000000000000341";

const DELAY: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Error, ErrorLabel)]
pub(crate) enum PaymentError {
    #[error("the card was declined")]
    Declined,
    #[error("the payment provider is unavailable")]
    Unavailable,
    #[error("the payment provider did not answer in time")]
    TimedOut,
}

/// Charges a card, as far as anything is charged here.
#[timed]
#[in_progress(age)]
#[counted(
    name = "payments_total",
    help = "Payments by outcome and error.",
    error
)]
pub(crate) async fn charge(card: &str) -> Result<(), PaymentError> {
    if card == STALLING_CARD {
        time::sleep(PATIENCE).await;
        return Err(PaymentError::TimedOut);
    }
    time::sleep(DELAY).await;
    match card {
        DECLINED_CARD => Err(PaymentError::Declined),
        UNAVAILABLE_CARD => Err(PaymentError::Unavailable),
        _ => Ok(()),
    }
}
