//! A connection whose queries are recorded, under whatever it is in.

use super::database::Instrumentable;
use super::series::Series;
use super::transaction::Open;
use sqlx::pool::PoolConnection;
use sqlx::{Database, Executor, Transaction};
use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// What holds a connection: a connection itself, one of a pool, or a transaction.
pub trait Connected: fmt::Debug + Send {
    /// Its database.
    type Database: Instrumentable;

    /// What runs its queries.
    type Executor<'a>: Executor<'a, Database = Self::Database>
    where
        Self: 'a;

    /// What runs its queries, of which nothing is recorded.
    fn executor(&mut self) -> Self::Executor<'_>;

    /// The connection.
    fn connection(&mut self) -> &mut <Self::Database as Database>::Connection;
}

impl<DB> Connected for PoolConnection<DB>
where
    DB: Instrumentable,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;
    type Executor<'a> = &'a mut DB::Connection;

    fn executor(&mut self) -> &mut DB::Connection {
        self
    }

    fn connection(&mut self) -> &mut DB::Connection {
        self
    }
}

impl<DB> Connected for Transaction<'_, DB>
where
    DB: Instrumentable,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;
    type Executor<'a>
        = &'a mut DB::Connection
    where
        Self: 'a;

    fn executor(&mut self) -> &mut DB::Connection {
        self
    }

    fn connection(&mut self) -> &mut DB::Connection {
        self
    }
}

/// A pool, a connection or a transaction of sqlx whose queries are recorded; see
/// [`Metrics::instrument_pool`](crate::Metrics::instrument_pool).
///
/// It is an executor where the bare one is, `&pool` and `&mut *connection`, and
/// `&mut connection` too.
pub struct Instrumented<C> {
    pub(super) link: Link<C>,
}

/// What [`Instrumented`] dereferences to, so that `&mut *transaction` is an executor
/// that records, as it is one in the bare library.
///
/// `&mut Link<C>` is how a function takes a connection of any kind, where the bare
/// library has `impl Acquire`; see
/// [`Metrics::instrument_pool`](crate::Metrics::instrument_pool).
pub struct Link<C> {
    pub(super) inner: C,
    pub(super) series: &'static Series,
    /// What keeps the pool on the page.
    pub(super) kept: Option<Arc<dyn Any + Send + Sync>>,
    pub(super) open: Option<Open>,
}

impl<C> Instrumented<C> {
    pub(super) const fn new(inner: C, series: &'static Series) -> Self {
        let link = Link {
            inner,
            series,
            kept: None,
            open: None,
        };
        Self { link }
    }

    /// What is instrumented: nothing of what is done with it is recorded.
    pub const fn inner(&self) -> &C {
        &self.link.inner
    }

    /// What is instrumented: nothing of what is done with it is recorded.
    pub const fn inner_mut(&mut self) -> &mut C {
        &mut self.link.inner
    }

    /// What is instrumented: nothing of what is done with it is recorded. A
    /// transaction counts as dropped.
    pub fn into_inner(self) -> C {
        self.link.inner
    }

    /// The same with another value of the label `table`, for the queries of a
    /// repository.
    ///
    /// Keep what it returns: it is found under a lock. The name must be one of few;
    /// after 2,000 of them, others of the same database share a series.
    #[must_use]
    pub fn table(mut self, table: &str) -> Self {
        let Series {
            registry, database, ..
        } = self.link.series;
        self.link.series = Series::find(registry, database, table);
        self
    }
}

impl<C: Clone> Clone for Instrumented<C> {
    fn clone(&self) -> Self {
        let Link {
            inner,
            series,
            kept,
            open: _,
        } = &self.link;
        let link = Link {
            inner: inner.clone(),
            series,
            kept: kept.clone(),
            open: None,
        };
        Self { link }
    }
}

impl<C: Connected> Deref for Instrumented<C> {
    type Target = Link<C>;

    fn deref(&self) -> &Link<C> {
        &self.link
    }
}

impl<C: Connected> DerefMut for Instrumented<C> {
    fn deref_mut(&mut self) -> &mut Link<C> {
        &mut self.link
    }
}

impl<C: fmt::Debug> fmt::Debug for Instrumented<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instrumented")
            .field(&self.link.inner)
            .finish()
    }
}

impl<C: fmt::Debug> fmt::Debug for Link<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.inner).finish()
    }
}
