//! What goes through a pool of sqlx, against real databases: `SQLite` and `PostgreSQL`.
//! The counts are compared with those of the servers.

mod checked;
mod load;
mod overhead;
mod query;
mod restart;
mod shape;
mod sqlite;
mod statistics;
mod target;
mod tracked;
mod transaction;

/// How many operations a load has: `full` where the figures are proved.
fn operations(full: u64) -> u64 {
    if std::env::var_os("METRICS_PROVE").is_some() {
        full
    } else {
        full / 50
    }
}
