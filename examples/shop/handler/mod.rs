//! HTTP handlers, each of them counted and timed.
//!
//! A request that an extractor refuses (a body that isn't JSON, an id that is
//! no number) never reaches its handler and is not one of its calls.

mod order;
mod product;
mod rating;
mod scan;
mod update;
mod user;

pub(crate) use order::{pay_order, place_order, sales_report};
pub(crate) use product::{
    export_products, list_products, recommend_products, restock_product, search_products,
    show_product,
};
pub(crate) use rating::rate_product;
pub(crate) use scan::{show_scan, start_scan};
pub(crate) use update::follow_orders;
pub(crate) use user::{open_session, register_user};
