//! What the shop does, apart from HTTP and SQL.

pub(crate) mod account;
mod export;
mod password;
mod payment;
mod pricing;
mod receipt;
mod recommendation;
mod sale;
mod scan;
mod search;
pub(crate) mod session;
mod update;

pub(crate) use export::export;
pub(crate) use payment::{
    DECLINED_CARD, GOOD_CARD, PaymentError, STALLING_CARD, UNAVAILABLE_CARD, charge,
};
pub(crate) use pricing::{QuoteError, dollars, quote};
pub(crate) use receipt::{Outbox, Receipt, send_receipts};
pub(crate) use recommendation::{RecommendationError, Recommender};
pub(crate) use sale::business;
pub(crate) use scan::{ScanError, Scans};
pub(crate) use search::search;
pub(crate) use update::{OrderStatus, OrderUpdate, OrderUpdates};
