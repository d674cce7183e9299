//! What the shop does, apart from HTTP and SQL.

pub(crate) mod account;
mod password;
mod payment;
mod pricing;
mod recommendation;
mod search;
pub(crate) mod session;

pub(crate) use payment::{
    DECLINED_CARD, GOOD_CARD, PaymentError, STALLING_CARD, UNAVAILABLE_CARD, charge,
};
pub(crate) use pricing::{QuoteError, quote};
pub(crate) use recommendation::{RecommendationError, Recommender};
pub(crate) use search::search;
