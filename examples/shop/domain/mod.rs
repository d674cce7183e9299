//! What the shop does, apart from HTTP and SQL.

pub(crate) mod account;
pub(crate) mod assignment;
mod chat;
mod errand;
mod export;
pub(crate) mod mail;
pub(crate) mod moment;
mod password;
mod payment;
mod pricing;
mod recommendation;
mod scan;
mod search;
pub(crate) mod secret;
pub(crate) mod session;
mod update;
pub(crate) mod visit;

pub(crate) use chat::{Chats, Draft, Told};
pub(crate) use errand::see_through;
pub(crate) use export::export;
pub(crate) use mail::MailServer;
pub(crate) use payment::{
    DECLINED_CARD, EMPTY_WALLET, GOOD_CARD, Payment, PaymentError, STALLING_CARD, UNAVAILABLE_CARD,
    charge,
};
pub(crate) use pricing::{QuoteError, dollars, quote};
pub(crate) use recommendation::{RecommendationError, Recommender};
pub(crate) use scan::{ScanError, Scans};
pub(crate) use search::search;
pub(crate) use update::{OrderStatus, OrderUpdate, OrderUpdates};
