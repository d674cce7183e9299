//! The scrape handler: one request in, one complete page out.

mod account;
pub(crate) mod alarm;
mod answer;
mod ask;
mod budget;
pub(crate) mod coalesce;
mod encoding;
mod list;
mod negotiate;
mod options;
mod own;
mod page;
pub(crate) mod query;
mod refusal;
mod sent;
mod service;
#[cfg(test)]
mod tests;

pub use account::{Scrape, Scrapes};
pub(in crate::http) use alarm::until;
pub(in crate::http) use coalesce::aside;
pub use options::HandlerOptions;
pub use service::Handler;
