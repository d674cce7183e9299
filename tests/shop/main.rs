//! The shop, run as its users run it: its numbers are compared with what its
//! visitors, its database and a real Prometheus say.

mod access;
mod business;
mod figure;
mod lifecycle;
mod number;
mod operation;
mod page;
mod query;
mod request;
mod scraper;
mod server;
mod service;
mod start;
mod visit;
