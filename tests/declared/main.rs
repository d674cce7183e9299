//! Families declared in `#[metrics]` modules, with closed and open labels.

mod error_label;
mod in_progress;
mod label;
mod module;
mod remote;
mod tuple;
mod unit;
