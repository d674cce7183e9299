//! What goes through a pool of sqlx, against real databases: `SQLite`, `PostgreSQL` and
//! `MariaDB`. The counts are compared with those of the servers.

mod checked;
mod load;
mod migration;
mod mysql;
mod overflow;
mod overhead;
mod query;
mod ready;
mod restart;
mod shape;
mod sqlite;
mod statistics;
mod target;
mod task;
mod tracked;
mod transaction;

use tokio::runtime::{Builder, Runtime};

/// Whether figures are proved: loads are as long as promised, and times are asserted.
fn proves() -> bool {
    std::env::var_os("METRICS_PROVE").is_some()
}

/// How many operations a load has: `full` where the figures are proved.
fn operations(full: u64) -> u64 {
    if proves() { full } else { full / 50 }
}

/// A runtime of one thread.
fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it starts")
}
