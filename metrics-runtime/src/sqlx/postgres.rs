//! `PostgreSQL`.

use crate::sqlx::{Connected, Dialect, Instrumentable};
use sqlx::postgres::{PgConnection, PgQueryResult, Postgres};

impl Instrumentable for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;

    fn rows_affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }
}

impl Connected for PgConnection {
    type Database = Postgres;
    type Executor<'a> = &'a mut PgConnection;

    fn executor(&mut self) -> &mut PgConnection {
        self
    }

    fn connection(&mut self) -> &mut PgConnection {
        self
    }
}

impl Connected for &mut PgConnection {
    type Database = Postgres;
    type Executor<'a>
        = &'a mut PgConnection
    where
        Self: 'a;

    fn executor(&mut self) -> &mut PgConnection {
        self
    }

    fn connection(&mut self) -> &mut PgConnection {
        self
    }
}
