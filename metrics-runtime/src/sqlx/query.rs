//! What is handed to sqlx in the place of a query whose statement was looked at.

use super::meter::{Source, hand_over};
use sqlx::error::BoxDynError;
use sqlx::{Database, Execute, SqlStr};
use std::mem;

/// The parts of a query: sqlx gives its text for the query itself only.
pub(super) struct Query<DB: Database> {
    pub(super) sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Result<Option<DB::Arguments>, BoxDynError>,
    persistent: bool,
    source: Source,
}

impl<DB: Database> Query<DB> {
    pub(super) fn of<'q>(mut query: impl Execute<'q, DB>, source: Source) -> Self {
        let statement = query.statement().cloned();
        let arguments = query.take_arguments();
        let persistent = query.persistent();
        Self {
            sql: query.sql(),
            statement,
            arguments,
            persistent,
            source,
        }
    }

    /// A connection asks, which a pool has given if it comes from one.
    fn hand_over(&self) {
        if self.source == Source::Pool {
            hand_over();
        }
    }
}

// A pool asks once it has a connection, in the order that the driver likes; so each of
// these may be the first.
impl<DB: Database> Execute<'_, DB> for Query<DB> {
    fn sql(self) -> SqlStr {
        self.hand_over();
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.hand_over();
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        self.hand_over();
        mem::replace(&mut self.arguments, Ok(None))
    }

    fn persistent(&self) -> bool {
        self.hand_over();
        self.persistent
    }
}
