//! A connection that has the answer already, so that nothing but the wrapper is measured.

use futures_util::stream::{BoxStream, StreamExt as _, once};
use futures_util::{FutureExt as _, future::BoxFuture};
use metrics_runtime::Connected;
use sqlx::postgres::{PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use std::future::ready;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Ready;

impl Connected for Ready {
    type Database = Postgres;
    type Executor<'a> = Self;

    fn executor(&mut self) -> Self {
        *self
    }

    fn connection(&mut self) -> &mut PgConnection {
        unreachable!("transactions ask for it, and nothing begins one")
    }
}

impl<'c> Executor<'c> for Ready {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        _: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        once(ready(Ok(Either::Left(PgQueryResult::default())))).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, _: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        ready(Ok(None)).boxed()
    }

    fn prepare_with<'e>(
        self,
        _: SqlStr,
        _: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        ready(Err(Error::PoolClosed)).boxed()
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        ready(Err(Error::PoolClosed)).boxed()
    }
}
