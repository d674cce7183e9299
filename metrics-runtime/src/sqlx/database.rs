//! What differs from database to database.

use sqlx::Database;

/// A database of sqlx whose queries can be recorded.
///
/// It is implemented for `sqlx::Any`, `sqlx::MySql`, `sqlx::Postgres` and `sqlx::Sqlite`
/// with the features `sqlx-any`, `sqlx-mysql`, `sqlx-postgres` and `sqlx-sqlite`;
/// implement it for a database of your own.
#[diagnostic::on_unimplemented(
    message = "queries to `{Self}` can't be recorded",
    note = "turn on the feature `sqlx-any`, `sqlx-mysql`, `sqlx-postgres` or `sqlx-sqlite` of `metrics-runtime`"
)]
pub trait Instrumentable: Database {
    /// How its statements and error codes are read.
    const DIALECT: Dialect;

    /// How many rows a statement has changed.
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// Whether a transaction that is dropped is rolled back at some later time, until which
    /// the connection still says that it is in it. It is then pinged before a transaction
    /// begins that may be a savepoint.
    fn rolls_back_later(_connection: &Self::Connection) -> bool {
        false
    }
}

/// How statements and error codes of a database are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// Which one isn't known: statements are read as those of `SQLite`, but for strings
    /// between dollars, and nothing is read after a literal or a comment whose end
    /// depends on the database. A code of five characters is SQLSTATE, another one of
    /// `SQLite`.
    Any,
    /// Backslashes escape, double quotes are of strings; codes are SQLSTATE.
    MySql,
    /// Comments nest, double quotes are of names; codes are SQLSTATE.
    Postgres,
    /// Codes are result codes of `SQLite`.
    Sqlite,
}

impl Dialect {
    /// What Django calls who makes the database; `MariaDB` is `mysql` there. Of a
    /// database that is chosen at run time, `MetricsBuilder::database_vendor` says it.
    pub(super) const fn vendor(self) -> &'static str {
        match self {
            Self::Any => "unknown",
            Self::MySql => "mysql",
            Self::Postgres => "postgresql",
            Self::Sqlite => "sqlite",
        }
    }
}
