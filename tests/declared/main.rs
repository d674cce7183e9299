//! Families declared in `#[metrics]` modules, with closed and open labels.

mod label;
mod module;
mod tuple;
mod unit;
