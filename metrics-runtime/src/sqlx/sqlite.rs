//! `SQLite`.

use crate::sqlx::{Connected, Dialect, Instrumentable};
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteQueryResult};

impl Instrumentable for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn rows_affected(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }

    // Its thread does.
    fn rolls_back_later(_: &SqliteConnection) -> bool {
        true
    }
}

impl Connected for SqliteConnection {
    type Database = Sqlite;
    type Executor<'a> = &'a mut SqliteConnection;

    fn executor(&mut self) -> &mut SqliteConnection {
        self
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        self
    }
}

impl Connected for &mut SqliteConnection {
    type Database = Sqlite;
    type Executor<'a>
        = &'a mut SqliteConnection
    where
        Self: 'a;

    fn executor(&mut self) -> &mut SqliteConnection {
        self
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        self
    }
}
