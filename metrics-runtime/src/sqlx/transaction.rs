//! Transactions: begun, and ended in one of four ways.

use super::class::class;
use super::database::Instrumentable;
use super::link::{Connected, Instrumented, Link};
use super::series::Series;
use crate::clock::Ticks;
use sqlx::{Connection as _, Error, SqlSafeStr, SqlStr, Transaction};

/// How a transaction ends: the values of the label `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Committed,
    RolledBack,
    /// Neither was asked for: sqlx rolls it back.
    Dropped,
    /// One was asked for, and has failed or was given up; the database knows more.
    Failed,
}

impl End {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled_back",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
        }
    }
}

/// A transaction that is open, recorded when it ends in any way.
#[derive(Debug)]
pub(super) struct Open {
    series: &'static Series,
    start: Ticks,
    end: End,
}

impl Open {
    /// One that has begun; `None` if nothing is recorded.
    pub(super) fn begin(series: &'static Series) -> Option<Self> {
        if !crate::config::recording() {
            return None;
        }
        series.begun.inc();
        Some(Self {
            series,
            start: Ticks::now(),
            end: End::Dropped,
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let (transactions, duration) = self.series.transaction(self.end.as_str());
        transactions.inc();
        duration.observe_nanos(self.start.elapsed_nanos());
    }
}

/// Counts the error of a statement that is no query.
pub(super) fn note<DB: Instrumentable, T>(series: &Series, done: &Result<T, Error>) {
    if let Err(error) = done
        && crate::config::recording()
    {
        series.class(class(error, DB::DIALECT)).inc();
    }
}

/// Whether what begins next is a savepoint.
async fn is_in_transaction<DB: Instrumentable>(connection: &mut DB::Connection) -> bool {
    if connection.is_in_transaction() && DB::rolls_back_later(connection) {
        // What is queued comes first. Should this fail, then so does what begins.
        let _ = connection.ping().await;
    }
    connection.is_in_transaction()
}

impl<C: Connected> Link<C> {
    /// Begins a transaction, which ends by `commit`, by `rollback` or when it is
    /// dropped. In a transaction it begins a savepoint, which is no transaction of its
    /// own in the metrics.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn begin(&mut self) -> Result<Instrumented<Transaction<'_, C::Database>>, Error> {
        self.begin_by(None).await
    }

    /// Begins a transaction by this statement.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn begin_with(
        &mut self,
        statement: impl SqlSafeStr,
    ) -> Result<Instrumented<Transaction<'_, C::Database>>, Error> {
        self.begin_by(Some(statement.into_sql_str())).await
    }

    async fn begin_by(
        &mut self,
        statement: Option<SqlStr>,
    ) -> Result<Instrumented<Transaction<'_, C::Database>>, Error> {
        let series = self.series;
        let connection = self.inner.connection();
        let is_savepoint = is_in_transaction::<C::Database>(connection).await;
        let begun = match statement {
            Some(statement) => connection.begin_with(statement).await,
            None => connection.begin().await,
        };
        note::<C::Database, _>(series, &begun);
        let mut transaction = Instrumented::new(begun?, series);
        if !is_savepoint {
            transaction.link.open = Open::begin(series);
        }
        Ok(transaction)
    }
}

impl<'t, DB: Instrumentable> Instrumented<Transaction<'t, DB>> {
    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// Those of the bare library; the transaction then counts as failed.
    ///
    /// # Cancellation
    ///
    /// When this is given up, the transaction counts as failed.
    pub async fn commit(self) -> Result<(), Error> {
        self.end(End::Committed, Transaction::commit).await
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Those of the bare library; the transaction then counts as failed.
    ///
    /// # Cancellation
    ///
    /// When this is given up, the transaction counts as failed.
    pub async fn rollback(self) -> Result<(), Error> {
        self.end(End::RolledBack, Transaction::rollback).await
    }

    async fn end<F>(self, end: End, by: impl FnOnce(Transaction<'t, DB>) -> F) -> Result<(), Error>
    where
        F: Future<Output = Result<(), Error>>,
    {
        let Link {
            inner,
            series,
            mut open,
            ..
        } = self.link;
        // Until it is done.
        set(&mut open, End::Failed);
        let done = by(inner).await;
        note::<DB, _>(series, &done);
        done?;
        set(&mut open, end);
        Ok(())
    }
}

fn set(open: &mut Option<Open>, end: End) {
    if let Some(open) = open {
        open.end = end;
    }
}
