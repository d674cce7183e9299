//! HTTP handlers, each of them counted and timed.
//!
//! A request that an extractor refuses (a body that isn't JSON, an id that is
//! no number) never reaches its handler and is not one of its calls.

mod assignment;
mod chat;
mod order;
mod product;
mod rating;
mod scan;
mod socket;
mod update;
mod user;
mod visit;

pub(crate) use assignment::{review_submission, submit_assignment};
pub(crate) use chat::{chat, list_messages};
pub(crate) use order::{pay_order, place_order, sales_report};
pub(crate) use product::{
    export_products, list_products, recommend_products, restock_product, search_products,
    show_product,
};
pub(crate) use rating::rate_product;
pub(crate) use scan::{show_scan, start_scan};
pub(crate) use update::follow_orders;
pub(crate) use user::{close_session, open_session, register_user, request_link};
pub(crate) use visit::{begin_visit, report_event};
