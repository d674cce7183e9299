//! What annotated functions do and record, seen on the page.

mod child;
mod driver;

mod composition;
mod conflict;
mod const_label;
mod constant_sites;
mod environment;
mod foreign;
mod foreign_joined;
mod handler;
mod hook;
mod impl_block;
mod inference;
mod label;
mod linkage;
mod model;
mod outcome;
mod overflow;
mod polled_again;
mod registration;
mod sample;
mod setting;
mod shape;
mod stacked;
mod unusable_variable;
mod zero;
