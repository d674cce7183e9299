//! A database that is chosen at run time.

use crate::sqlx::{Connected, Dialect, Instrumentable};
use sqlx::AnyConnection;
use sqlx::any::{Any, AnyQueryResult};

impl Instrumentable for Any {
    const DIALECT: Dialect = Dialect::Any;

    fn rows_affected(result: &AnyQueryResult) -> u64 {
        result.rows_affected()
    }

    // That of SQLite does, on its thread.
    fn rolls_back_later(connection: &AnyConnection) -> bool {
        connection.backend_name() == "SQLite"
    }
}

impl Connected for AnyConnection {
    type Database = Any;
    type Executor<'a> = &'a mut AnyConnection;

    fn executor(&mut self) -> &mut AnyConnection {
        self
    }

    fn connection(&mut self) -> &mut AnyConnection {
        self
    }
}

impl Connected for &mut AnyConnection {
    type Database = Any;
    type Executor<'a>
        = &'a mut AnyConnection
    where
        Self: 'a;

    fn executor(&mut self) -> &mut AnyConnection {
        self
    }

    fn connection(&mut self) -> &mut AnyConnection {
        self
    }
}
