//! The scrape handler: one request in, one complete page out.

mod alarm;
mod budget;
mod coalesce;
mod encoding;
mod list;
mod negotiate;
mod options;
mod own;
mod page;
mod query;
mod service;
#[cfg(test)]
mod tests;

pub use options::HandlerOptions;
pub use service::Handler;
