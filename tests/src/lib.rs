//! Runs the real Prometheus, Pushgateway and promtool as child processes, and
//! reads their answers, for tests that span crates.
//!
//! Everything here panics when a component is missing or misbehaves, with the
//! component's log in the message: a test without its component fails, it is
//! never skipped. [`page`] is an independent oracle for the text format.

pub mod component;
pub mod deadline;
pub mod http;
pub mod memory;
pub mod page;
pub mod prometheus;
pub mod promtool;
pub mod pushgateway;
