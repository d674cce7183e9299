//! The payment provider, played by the shop itself: card and wallet decide what happens.

use std::time::Duration;

use metrics_runtime::{ErrorLabel, counted, in_progress, timed};
use serde::Deserialize;
use thiserror::Error;
use tokio::time;

use crate::business::{PaymentMethod, PaymentStatus, family};

/// Is charged after the provider's usual delay.
pub(crate) const GOOD_CARD: &str = "4242424242424242";
/// Is declined.
pub(crate) const DECLINED_CARD: &str = "4000000000000002";
/// Finds the provider out of order.
pub(crate) const UNAVAILABLE_CARD: &str = "4000000000000119";
/// Gets no answer, until either side loses patience.
pub(crate) const STALLING_CARD: &str = "4000000000000341";

/// A wallet with nothing in it. All others have enough.
pub(crate) const EMPTY_WALLET: &str = "empty";

/// Who owes more has to pay at once, in cents.
const MOST_ON_INVOICE: i64 = 20_000;

const DELAY: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(10);

/// How a customer means to pay.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub(crate) enum Payment {
    Card { card: String },
    Invoice,
    Wallet { wallet: String },
}

impl Payment {
    const fn method(&self) -> PaymentMethod {
        match self {
            Self::Card { .. } => PaymentMethod::Card,
            Self::Invoice => PaymentMethod::Invoice,
            Self::Wallet { .. } => PaymentMethod::Wallet,
        }
    }
}

#[derive(Debug, Error, ErrorLabel)]
pub(crate) enum PaymentError {
    #[error("the payment was declined")]
    Declined,
    #[error("the payment provider is unavailable")]
    Unavailable,
    #[error("the payment provider did not answer in time")]
    TimedOut,
}

/// Charges an amount in cents, as far as anything is charged here.
#[timed]
#[in_progress(age)]
#[counted(
    name = "payments_total",
    help = "Payments by outcome and error.",
    error
)]
pub(crate) async fn charge(payment: &Payment, cents: i64) -> Result<(), PaymentError> {
    let processing = Processing::start(payment.method());
    let result = ask_provider(payment, cents).await;
    processing.end(&result);
    result
}

async fn ask_provider(payment: &Payment, cents: i64) -> Result<(), PaymentError> {
    if matches!(payment, Payment::Card { card } if card == STALLING_CARD) {
        time::sleep(PATIENCE).await;
        return Err(PaymentError::TimedOut);
    }
    time::sleep(DELAY).await;
    match payment {
        Payment::Card { card } if card == DECLINED_CARD => Err(PaymentError::Declined),
        Payment::Card { card } if card == UNAVAILABLE_CARD => Err(PaymentError::Unavailable),
        Payment::Wallet { wallet } if wallet == EMPTY_WALLET => Err(PaymentError::Declined),
        Payment::Invoice if cents > MOST_ON_INVOICE => Err(PaymentError::Declined),
        _ => Ok(()),
    }
}

/// A payment under way. It is counted once, when it is dropped: also when the customer
/// goes away before it has ended.
struct Processing {
    method: PaymentMethod,
    status: PaymentStatus,
}

impl Processing {
    const fn start(method: PaymentMethod) -> Self {
        Self {
            method,
            status: PaymentStatus::Cancelled,
        }
    }

    fn end(mut self, result: &Result<(), PaymentError>) {
        self.status = match result {
            Ok(()) => PaymentStatus::Success,
            Err(PaymentError::Declined) => PaymentStatus::Declined,
            Err(PaymentError::Unavailable | PaymentError::TimedOut) => PaymentStatus::Failed,
        };
    }
}

impl Drop for Processing {
    fn drop(&mut self) {
        family::payments_processed_total(self.status, self.method).inc();
    }
}
