//! Runs the real Prometheus, `VictoriaMetrics`, Pushgateway, `PostgreSQL`, `MariaDB`,
//! promtool and Redis as child processes, and reads their answers, for tests that span
//! crates.
//!
//! Everything here panics when a component is missing or misbehaves, with the
//! component's log in the message: a test without its component fails, it is
//! never skipped. [`page`] is an independent oracle for the text format,
//! [`openmetrics`] runs the reference parser of OpenMetrics, and [`protobuf`]
//! decodes the protobuf format.

mod account;
pub mod child;
pub mod component;
pub mod deadline;
pub mod http;
pub mod memory;
pub mod mysql;
pub mod openmetrics;
pub mod page;
pub mod postgres;
pub mod prometheus;
pub mod promtool;
pub mod protobuf;
pub mod pushgateway;
pub mod python;
pub mod redis;
pub mod schemathesis;
pub mod served;
pub mod victoria;
