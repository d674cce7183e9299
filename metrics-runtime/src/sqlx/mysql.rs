//! `MySQL` and `MariaDB`.

use crate::sqlx::{Connected, Dialect, Instrumentable};
use sqlx::mysql::{MySql, MySqlConnection, MySqlQueryResult};

impl Instrumentable for MySql {
    const DIALECT: Dialect = Dialect::MySql;

    fn rows_affected(result: &MySqlQueryResult) -> u64 {
        result.rows_affected()
    }
}

impl Connected for MySqlConnection {
    type Database = MySql;
    type Executor<'a> = &'a mut MySqlConnection;

    fn executor(&mut self) -> &mut MySqlConnection {
        self
    }

    fn connection(&mut self) -> &mut MySqlConnection {
        self
    }
}

impl Connected for &mut MySqlConnection {
    type Database = MySql;
    type Executor<'a>
        = &'a mut MySqlConnection
    where
        Self: 'a;

    fn executor(&mut self) -> &mut MySqlConnection {
        self
    }

    fn connection(&mut self) -> &mut MySqlConnection {
        self
    }
}
