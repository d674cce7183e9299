//! Why the shop can't do what it was asked, and the answer which says so.

use argon2::password_hash;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metrics_runtime::{ErrorKind, ErrorLabel, counted};
use serde_json::json;
use thiserror::Error;
use tokio::task::JoinError;

use crate::domain::{PaymentError, QuoteError, RecommendationError, ScanError};
use crate::store::InsertOrderError;

/// Every variant is answered with a status of 400 or above, and nothing else is.
/// The visitors' tally relies on that: to them an error is what its status says.
#[derive(Debug, Error, ErrorLabel)]
pub(crate) enum ShopError {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("the name is taken")]
    NameTaken,
    #[error("name, password or token is wrong or has expired")]
    Refused,
    #[error("the order is paid already")]
    AlreadyPaid,
    #[error("give between one and five stars")]
    NoSuchRating,
    #[error("the {0} is empty, too long or too high")]
    Unfit(&'static str),
    #[error("there is a submission already; wait until it is returned")]
    AlreadySubmitted,
    #[error("no submission of somebody else waits for a review there")]
    NothingToReview,
    #[error(transparent)]
    Quote(#[from] QuoteError),
    #[error(transparent)]
    #[label(transparent)]
    InsertOrder(#[from] InsertOrderError),
    #[error(transparent)]
    #[label(transparent)]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    Recommendation(#[from] RecommendationError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("a password or a secret could not be made")]
    Password(#[from] password_hash::Error),
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("a task of the shop panicked")]
    Task(#[from] JoinError),
}

impl ShopError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Refused => StatusCode::UNAUTHORIZED,
            Self::NameTaken
            | Self::AlreadyPaid
            | Self::AlreadySubmitted
            | Self::NothingToReview
            | Self::Scan(ScanError::Busy)
            | Self::InsertOrder(InsertOrderError::SoldOut) => StatusCode::CONFLICT,
            Self::NoSuchRating | Self::Unfit(_) | Self::Quote(_) | Self::Scan(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Payment(PaymentError::Declined) => StatusCode::PAYMENT_REQUIRED,
            Self::Payment(PaymentError::Unavailable) => StatusCode::BAD_GATEWAY,
            Self::Payment(PaymentError::TimedOut) => StatusCode::GATEWAY_TIMEOUT,
            Self::Recommendation(_)
            | Self::Password(_)
            | Self::Database(_)
            | Self::InsertOrder(InsertOrderError::Database(_))
            | Self::Task(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for ShopError {
    #[counted(
        name = "error_answers_total",
        help = "Requests that were answered with an error, by error and status.",
        labels(error = self.error_label(), status = |ret| ret.status().as_u16())
    )]
    fn into_response(self) -> Response {
        // What broke inside is the operator's business, not the customer's.
        if let Self::Database(cause) | Self::InsertOrder(InsertOrderError::Database(cause)) = &self
        {
            eprintln!("error: {self}: {cause}");
        }
        let body = json!({ "error": self.to_string() });
        let mut response = (self.status(), Json(body)).into_response();
        // What `http_exceptions_total` calls it, if it is one of ours.
        response.extensions_mut().insert(ErrorKind::of(&self));
        response
    }
}
