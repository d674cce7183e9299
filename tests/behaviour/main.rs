//! What annotated functions do and record, seen on the page.

mod driver;

mod composition;
mod conflict;
mod environment;
mod foreign;
mod handler;
mod impl_block;
mod inference;
mod label;
mod linkage;
mod model;
mod outcome;
mod overflow;
mod setting;
mod shape;
mod stacked;
mod zero;
